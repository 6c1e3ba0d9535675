package dev.freshet.proxy.upstream.document;

import dev.freshet.cache.name.Digest;
import java.util.OptionalLong;

/**
 * What a registry says of a manifest when it is asked with HEAD.
 *
 * @param digest as it says
 * @param mediaType without parameters; empty when it does not say, or says what no manifest has
 * @param size bytes; empty when it does not say, or says what no manifest has
 */
public record ManifestHead(Digest digest, String mediaType, OptionalLong size) {}
