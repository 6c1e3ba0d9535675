/** The management port: health and metrics. It is not for clients of the registry. */
@org.jspecify.annotations.NullMarked
package dev.freshet.proxy.admin;
