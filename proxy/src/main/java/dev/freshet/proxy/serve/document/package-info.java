/** The service for documents of registries, which are small and kept as a whole: manifests, lists of tags and of referrers. */
@org.jspecify.annotations.NullMarked
package dev.freshet.proxy.serve.document;
