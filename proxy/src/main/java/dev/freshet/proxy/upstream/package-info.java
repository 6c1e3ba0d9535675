/**
 * Registries and their storage: the only place that speaks HTTP to them.
 *
 * <p>{@link dev.freshet.proxy.upstream.RegistryCalls} sends one request, authorised at the registry, within what that
 * allows ({@link dev.freshet.proxy.upstream.limit}), anonymously at {@link dev.freshet.proxy.upstream.OtherRegistries}, and bare
 * everywhere else, and follows redirects by hand under {@link dev.freshet.proxy.upstream.redirect.RedirectRules}. {@link
 * dev.freshet.proxy.upstream.BlobDownload} makes of many such calls one unbroken transfer of a blob or a stretch of it: when
 * a connection breaks, it goes on at the byte where it stopped. All downloads of one blob share its {@link
 * dev.freshet.proxy.upstream.StorageLocation}: one signed URL serves them until it is about to die, and then one of them asks
 * the registry for another. A blob that a manifest lists with URLs, and that its registry does not have, comes from these in
 * turn ({@link dev.freshet.proxy.upstream.ForeignCalls}), by the same downloads.
 */
@org.jspecify.annotations.NullMarked
package dev.freshet.proxy.upstream;
