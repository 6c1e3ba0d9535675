/**
 * The management port: health, metrics, and an {@linkplain dev.freshet.proxy.admin.Api API} of {@linkplain
 * dev.freshet.proxy.admin.Endpoint endpoints}. It is not for clients of the registry.
 */
@org.jspecify.annotations.NullMarked
package dev.freshet.proxy.admin;
