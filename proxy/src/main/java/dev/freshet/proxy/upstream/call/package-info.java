/**
 * The way of one request to a registry ({@link dev.freshet.proxy.upstream.call.RegistryCalls}): authorised at the registry,
 * within what that allows, anonymously at {@link dev.freshet.proxy.upstream.call.OtherRegistries}, and bare everywhere else,
 * with redirects followed by hand under {@link dev.freshet.proxy.upstream.redirect.RedirectRules}. {@link
 * dev.freshet.proxy.upstream.call.ResponseClassifier} turns an answer into a failure where it is one.
 */
@org.jspecify.annotations.NullMarked
package dev.freshet.proxy.upstream.call;
