package dev.freshet.proxy.serve.document;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.InvalidNameException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An entry in the list of a manifest or an index (OCI image spec 1.1, "Descriptors").
 *
 * @param kind config, layer, foreign layer, or manifest
 * @param mediaType as it says; empty when it does not
 * @param size bytes; 0 when it does not say
 * @param platform of a manifest in an index; empty for all else
 * @param urls of a foreign layer
 */
public record ListedBlob(Kind kind, String mediaType, Digest digest, long size, String platform, List<String> urls) {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** The role of an entry in its image. */
    public enum Kind {

        CONFIG,
        LAYER,
        /** One with URLs, which its registry may not have. */
        FOREIGN_LAYER,
        MANIFEST;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /** All that a manifest lists, in its order; empty when it is no manifest, or lists what cannot be read. */
    public static Optional<List<ListedBlob>> of(byte[] manifest) {
        try {
            JsonNode root = JSON.readTree(ManifestDocument.text(manifest));
            List<ListedBlob> all = new ArrayList<>();
            if (root.path("config").isObject()) {
                all.add(of(Kind.CONFIG, root.path("config")));
            }
            for (String list : List.of("layers", "blobs")) {
                root.path(list).forEach(layer -> all.add(of(Kind.LAYER, layer)));
            }
            root.path("manifests").forEach(listed -> all.add(of(Kind.MANIFEST, listed)));
            return Optional.of(all);
        } catch (JacksonException | InvalidNameException e) {
            return Optional.empty();
        }
    }

    private static ListedBlob of(Kind kind, JsonNode descriptor) {
        List<String> urls = new ArrayList<>();
        descriptor.path("urls").forEach(url -> urls.add(url.asString("")));
        return new ListedBlob(urls.isEmpty() || kind == Kind.MANIFEST ? kind : Kind.FOREIGN_LAYER,
                descriptor.path("mediaType").asString(""), Digest.parse(descriptor.path("digest").asString("")),
                descriptor.path("size").asLong(0), platform(descriptor.path("platform")), urls);
    }

    private static String platform(JsonNode platform) {
        String os = platform.path("os").asString("");
        return os.isEmpty()
                ? ""
                : new Platform(os, platform.path("architecture").asString(""), platform.path("variant").asString(""))
                        .toString();
    }
}
