package dev.freshet.proxy.serve.document;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.freshet.cache.catalog.ContentKind;
import dev.freshet.cache.catalog.ForeignLayer;
import dev.freshet.cache.catalog.Link;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.InvalidNameException;
import dev.freshet.proxy.upstream.document.MediaTypes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The content of a manifest as far as Freshet uses it: its media type, and the blobs that its repository therefore holds.
 * Clients get the body byte for byte.
 *
 * <p>A registry checks when a manifest is pushed that the repository holds the config and the layers, so these become
 * links. It does not check descriptors with {@code urls} (foreign layers), a {@code subject}, or, everywhere, the
 * manifests of an index: a pusher could name the content of other repositories there. These grant nothing: when a client
 * asks for them, Freshet asks the upstream, and then, perhaps, the URLs.
 */
public final class ManifestDocument {

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final String BYTE_ORDER_MARK = "\uFEFF";
    private static final int MAX_BLOBS = 10_000;
    private static final int MAX_URLS = 16;
    private static final byte[] URLS = "urls\"".getBytes(StandardCharsets.US_ASCII);

    private final Document document;

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Document(@Nullable Integer schemaVersion, @Nullable String mediaType,
            @Nullable Descriptor config, @Nullable List<@Nullable Descriptor> layers,
            @Nullable List<@Nullable Descriptor> manifests, @Nullable List<@Nullable Descriptor> blobs,
            @Nullable List<@Nullable SchemaOneLayer> fsLayers, @Nullable JsonNode signatures) {}

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Descriptor(@Nullable String mediaType, @Nullable String digest, @Nullable Long size,
            @Nullable List<@Nullable String> urls, @Nullable JsonNode platform) {

        /** Whether it has {@code urls}, so that the registry has not checked that it holds the blob. */
        boolean isForeign() {
            return urls != null && !urls.isEmpty();
        }

        List<String> foreignUrls() {
            List<String> present = new ArrayList<>();
            for (String url : urls == null ? List.<@Nullable String>of() : urls) {
                if (url != null && present.size() < MAX_URLS) {
                    present.add(url);
                }
            }
            return present;
        }
    }

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record SchemaOneLayer(@Nullable String blobSum) {}

    private ManifestDocument(Document document) {
        this.document = document;
    }

    /** Reads a manifest or an index; empty when it is none. */
    public static Optional<ManifestDocument> parse(byte[] body) {
        try {
            return Optional.ofNullable(JSON.readValue(text(body), Document.class)).map(ManifestDocument::new);
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    /**
     * A document of a registry as text, without the byte order mark that a few tools write. Bytes that are not UTF-8 become
     * U+FFFD, as clients read them: they occur in annotations, and Freshet relies on no text that can hold one.
     */
    static String text(byte[] document) {
        String text = new String(document, StandardCharsets.UTF_8);
        return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    }

    /**
     * The media type to serve it under: what the registry says, or, when that names no kind of manifest, what the document
     * says of itself, or what it is by its structure.
     *
     * @param stated by the registry, without parameters
     */
    String mediaType(String stated) {
        String own = document.mediaType();
        if (MediaTypes.isManifest(stated)) {
            return stated;
        }
        if (own != null && own.matches("[\\w.+-]+/[\\w.+-]+") && MediaTypes.isManifest(own)) {
            return own;
        }
        boolean isIndex = document.manifests() != null;
        boolean isManifest = document.layers() != null;
        if (!isIndex && !isManifest && document.fsLayers() != null) {
            return document.signatures() == null ? MediaTypes.UNSIGNED : MediaTypes.SIGNED;
        }
        if (isIndex == isManifest) {
            return stated.isEmpty() ? "application/json" : stated;
        }
        return isIndex ? "application/vnd.oci.image.index.v1+json" : "application/vnd.oci.image.manifest.v1+json";
    }

    /** Whether it lists manifests, possibly among other things. */
    public boolean isIndex() {
        return document.manifests() != null;
    }

    /** The manifests of an index by what they are for, in its order; without those that are for nothing that runs. */
    public Map<Platform, Digest> platforms() {
        List<@Nullable Descriptor> manifests = new ArrayList<>();
        addAll(manifests, document.manifests());
        Map<Platform, Digest> platforms = new LinkedHashMap<>();
        for (Descriptor manifest : manifests) {
            if (manifest != null) {
                platform(manifest.platform()).ifPresent(
                        runsOn -> digest(manifest.digest()).ifPresent(digest -> platforms.putIfAbsent(runsOn, digest)));
            }
        }
        return platforms;
    }

    /**
     * A manifest in an index.
     *
     * @param platform that it is for
     */
    public record Offer(Platform platform, Digest digest) {}

    /** Chooses the manifest for a platform in this index. */
    public Offer choose(Platform wanted) throws UnofferedPlatformException {
        Map<Platform, Digest> offered = platforms();
        Platform chosen = wanted.among(offered.keySet())
                .orElseThrow(() -> new UnofferedPlatformException(wanted, offered.keySet()));
        return new Offer(chosen, Objects.requireNonNull(offered.get(chosen)));
    }

    /** Companions of an image that do not run, such as attestations, name an unknown platform. */
    private static Optional<Platform> platform(@Nullable JsonNode stated) {
        return Optional.ofNullable(stated)
                .map(platform -> new Platform(platform.path("os").asString(""),
                        platform.path("architecture").asString(""), platform.path("variant").asString("")))
                .filter(platform -> !platform.os().isEmpty() && !platform.os().equals("unknown"));
    }

    /** The blobs that the manifest's repository holds. */
    public Map<Digest, Link> blobLinks() {
        Map<Digest, Link> links = new LinkedHashMap<>();
        for (Descriptor descriptor : blobs()) {
            if (!descriptor.isForeign()) {
                digest(descriptor.digest()).ifPresent(digest -> links.put(digest, link(descriptor)));
            }
        }
        return links;
    }

    /** The foreign layers of a manifest. Most bodies mention no URLs, and are not parsed. */
    static Map<Digest, ForeignLayer> foreignLayersOf(byte[] body) {
        return mentionsUrls(body)
                ? parse(body).map(ManifestDocument::foreignLayers).orElse(Map.of())
                : Map.of();
    }

    private static boolean mentionsUrls(byte[] body) {
        for (int i = 0; i + URLS.length <= body.length; i++) {
            if (body[i] == URLS[0] && Arrays.equals(body, i, i + URLS.length, URLS, 0, URLS.length)) {
                return true;
            }
        }
        return false;
    }

    /** The blobs that other places have as well, with their sizes, and the first {@value #MAX_URLS} URLs of each. */
    Map<Digest, ForeignLayer> foreignLayers() {
        Map<Digest, ForeignLayer> layers = new LinkedHashMap<>();
        for (Descriptor descriptor : blobs()) {
            Long size = descriptor.size();
            if (descriptor.isForeign() && size != null && size > 0) {
                digest(descriptor.digest()).ifPresent(digest -> layers.put(digest, new ForeignLayer(
                        Objects.requireNonNullElse(descriptor.mediaType(), ""), size, descriptor.foreignUrls())));
            }
        }
        return layers;
    }

    private List<Descriptor> blobs() {
        List<@Nullable Descriptor> descriptors = new ArrayList<>();
        descriptors.add(document.config());
        addAll(descriptors, document.layers());
        addAll(descriptors, document.blobs());
        List<@Nullable SchemaOneLayer> old = document.fsLayers();
        if (old != null) {
            old.stream().limit(MAX_BLOBS).forEach(layer -> descriptors
                    .add(layer == null ? null : new Descriptor(null, layer.blobSum(), null, null, null)));
        }
        List<Descriptor> present = new ArrayList<>();
        for (Descriptor descriptor : descriptors) {
            if (descriptor != null) {
                present.add(descriptor);
            }
        }
        return present;
    }

    private static void addAll(List<@Nullable Descriptor> all, @Nullable List<@Nullable Descriptor> some) {
        if (some != null) {
            some.stream().limit(MAX_BLOBS).forEach(all::add);
        }
    }

    private static Link link(Descriptor descriptor) {
        Long size = descriptor.size();
        String mediaType = descriptor.mediaType();
        return new Link(ContentKind.BLOB, mediaType == null ? "" : mediaType,
                size == null || size < 0 ? OptionalLong.empty() : OptionalLong.of(size));
    }

    private static Optional<Digest> digest(@Nullable String text) {
        try {
            return text == null ? Optional.empty() : Optional.of(Digest.parse(text));
        } catch (InvalidNameException e) {
            return Optional.empty();
        }
    }

    /** The absence of a platform from an index. */
    public static final class UnofferedPlatformException extends Exception {

        private static final long serialVersionUID = 1L;

        private final String offered;

        UnofferedPlatformException(Platform wanted, Collection<Platform> offered) {
            super("there is nothing for " + wanted, null, false, false);
            this.offered = offered.stream().map(Platform::toString).collect(Collectors.joining(", "));
        }

        /** The platforms in the index, separated by commas. */
        public String offered() {
            return offered;
        }
    }
}
