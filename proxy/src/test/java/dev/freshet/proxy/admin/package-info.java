/** The management port of a whole proxy. */
@org.jspecify.annotations.NullMarked
package dev.freshet.proxy.admin;
