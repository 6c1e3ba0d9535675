package dev.freshet.proxy.cli;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.InvalidNameException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What somebody who pulls has to know of a manifest or an index.
 *
 * @param platforms what an index has manifests for, in its order; empty for a manifest
 * @param blobs the config and the layers of a manifest, in its order, and the bytes of each, 0 where it does not say;
 *     without foreign layers, which are not at the registry
 */
record PulledManifest(Map<Platform, Digest> platforms, Map<Digest, Long> blobs) {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** @throws IOException if it is no manifest */
    static PulledManifest parse(byte[] body) throws IOException {
        try {
            JsonNode root = JSON.readTree(body);
            Map<Platform, Digest> platforms = new LinkedHashMap<>();
            for (JsonNode manifest : root.path("manifests")) {
                JsonNode platform = manifest.path("platform");
                Platform runsOn = new Platform(platform.path("os").asString(""),
                        platform.path("architecture").asString(""), platform.path("variant").asString(""));
                boolean isImage = !runsOn.os().isEmpty() && !runsOn.os().equals("unknown");
                if (isImage) {
                    platforms.putIfAbsent(runsOn, digest(manifest));
                }
            }
            return new PulledManifest(platforms, blobs(root));
        } catch (JacksonException | InvalidNameException e) {
            throw new IOException("its manifest cannot be read: " + e.getMessage(), e);
        }
    }

    /** All bytes of the blobs. */
    long bytes() {
        return blobs.values().stream().mapToLong(size -> size).sum();
    }

    private static Map<Digest, Long> blobs(JsonNode root) {
        List<JsonNode> descriptors = new ArrayList<>(List.of(root.path("config")));
        root.path("layers").forEach(descriptors::add);
        Map<Digest, Long> blobs = new LinkedHashMap<>();
        for (JsonNode descriptor : descriptors) {
            if (descriptor.isObject() && descriptor.path("urls").isEmpty()) {
                blobs.put(digest(descriptor), descriptor.path("size").asLong(0));
            }
        }
        return blobs;
    }

    private static Digest digest(JsonNode descriptor) {
        return Digest.parse(descriptor.path("digest").asString(""));
    }
}
