/** Answers to clients: what {@code proxy.serve} makes of a route, and {@code proxy.http} sends. */
@org.jspecify.annotations.NullMarked
package dev.freshet.proxy.answer;
