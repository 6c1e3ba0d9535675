package dev.freshet.cache.catalog;

import java.util.OptionalLong;

/**
 * How a repository holds content.
 *
 * @param kind the endpoint that serves it
 * @param mediaType as its registry or the manifest that names it says; empty when neither does
 * @param size bytes, as the manifest that names it says; empty when unknown
 */
public record Link(ContentKind kind, String mediaType, OptionalLong size) {}
