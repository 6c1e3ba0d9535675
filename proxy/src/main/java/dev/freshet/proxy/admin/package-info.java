/**
 * The admin port: health, metrics, and an {@linkplain dev.freshet.proxy.admin.Api API} of {@linkplain
 * dev.freshet.proxy.admin.Api.Endpoint endpoints}. It is not for registry clients.
 */
@org.jspecify.annotations.NullMarked
package dev.freshet.proxy.admin;
