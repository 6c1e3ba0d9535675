/**
 * From a request's head to what it asks for: pure, and closed-world. What a client names is looked up among the
 * configured upstreams and never dialled.
 */
@org.jspecify.annotations.NullMarked
package dev.freshet.proxy.route;
