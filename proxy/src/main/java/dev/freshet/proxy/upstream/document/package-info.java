/**
 * Small documents of a registry: manifests (OCI distribution spec 1.1, "Pulling manifests") and lists of tags and referrers,
 * each whole and checked before it is handed on.
 */
@org.jspecify.annotations.NullMarked
package dev.freshet.proxy.upstream.document;
