/** Routing, as tables of requests and what they ask for. */
@org.jspecify.annotations.NullMarked
package dev.freshet.proxy.route;
