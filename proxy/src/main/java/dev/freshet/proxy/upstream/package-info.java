/**
 * Registries and their storage: the only place that speaks HTTP to them.
 *
 * <p>{@link dev.freshet.proxy.upstream.RegistryCalls} sends one request, authorised at the registry and bare everywhere
 * else, and follows redirects by hand under {@link dev.freshet.proxy.upstream.redirect.RedirectRules}. {@link
 * dev.freshet.proxy.upstream.BlobDownload} makes of many such calls one unbroken transfer: when a signed URL dies or a
 * connection breaks, it asks the registry again and goes on at the byte where it stopped.
 */
@org.jspecify.annotations.NullMarked
package dev.freshet.proxy.upstream;
