package dev.freshet.proxy.serve.document;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.InvalidNameException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A list of the manifests that refer to a manifest: an index of descriptors (OCI distribution spec 1.1, "Listing Referrers"). */
public final class ReferrersList {

    /** The type that it is of, and nothing else. */
    static final String MEDIA_TYPE = "application/vnd.oci.image.index.v1+json";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** The JSON of an empty list. */
    static final String EMPTY = new ReferrersList(JSON.createArrayNode()).json();

    /** The digest of {@link #EMPTY}. */
    static final Digest EMPTY_DIGEST = Digest.sha256(EMPTY.getBytes(StandardCharsets.UTF_8));

    private final ArrayNode descriptors;

    private ReferrersList(ArrayNode descriptors) {
        this.descriptors = descriptors;
    }

    /** The referrers in the pages of a registry's answer; empty when a page is no index. */
    static Optional<ReferrersList> of(List<byte[]> pages) {
        ArrayNode all = JSON.createArrayNode();
        for (byte[] page : pages) {
            Optional<JsonNode> listed = descriptors(page);
            if (listed.isEmpty()) {
                return Optional.empty();
            }
            listed.get().forEach(all::add);
        }
        return Optional.of(new ReferrersList(all));
    }

    /** Reads a list that was kept; empty when it is none. */
    static Optional<ReferrersList> kept(String json) {
        return of(List.of(json.getBytes(StandardCharsets.UTF_8)));
    }

    private static Optional<JsonNode> descriptors(byte[] page) {
        try {
            JsonNode index = JSON.readTree(ManifestDocument.text(page));
            JsonNode manifests = index.path("manifests");
            boolean isIndex = index.path("mediaType").asString(MEDIA_TYPE).equals(MEDIA_TYPE) && manifests.isArray()
                    && manifests.valueStream().allMatch(ReferrersList::isDescriptor);
            return isIndex ? Optional.of(manifests) : Optional.empty();
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    private static boolean isDescriptor(JsonNode node) {
        try {
            Digest.parse(node.path("digest").asString(""));
            return node.path("mediaType").isString() && node.path("size").canConvertToLong();
        } catch (InvalidNameException e) {
            return false;
        }
    }

    /** Whether it lists none. */
    public static boolean isEmpty(String json) {
        return json.equals(EMPTY);
    }

    /** Those of one type only. */
    ReferrersList only(String artifactType) {
        ArrayNode some = JSON.createArrayNode();
        descriptors.valueStream()
                .filter(descriptor -> descriptor.path("artifactType").asString("").equals(artifactType))
                .forEach(some::add);
        return new ReferrersList(some);
    }

    /** The index, to be sent and to be kept. */
    String json() {
        ObjectNode index = JSON.createObjectNode();
        index.put("schemaVersion", 2);
        index.put("mediaType", MEDIA_TYPE);
        index.set("manifests", descriptors);
        return JSON.writeValueAsString(index);
    }
}
