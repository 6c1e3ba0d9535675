/** Where a redirect may lead: a decision on the address that is really connected, not only on its name. */
@org.jspecify.annotations.NullMarked
package dev.freshet.proxy.upstream.redirect;
