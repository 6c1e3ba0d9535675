/** The knowledge of repositories: the configured registries, the facts in the catalog, and how long each is good. */
@org.jspecify.annotations.NullMarked
package dev.freshet.proxy.serve.repository;
