package dev.freshet.testbed.e2e;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.client.RawClient;
import dev.freshet.testbed.image.Manifest;
import dev.freshet.testbed.registry.FakeRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An image in a registry, and what is attached to it. Signatures differ each time they are made, and so do the digests of
 * all that refers to them; each digest has a name here, so that the traffic reads the same every time.
 */
final class SignedRepository {

    /** With bundles and an SBOM as referrers. */
    static final String APP = "team/app";
    /** With a signature, an attestation and an SBOM under tags, as cosign attached them before there were referrers. */
    static final String OLD = "team/old";
    /** With nothing attached. */
    static final String BARE = "team/bare";
    static final List<String> REPOSITORIES = List.of(APP, OLD, BARE);

    static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    static final String INDEX = "application/vnd.oci.image.index.v1+json";
    /** The image's tag. */
    static final String TAG = "1";
    private static final Map<String, String> ENDINGS = Map.of("sig", "signature", "att", "attestation", "sbom", "sbom");

    private final String repository;
    private final Map<String, Digest> names = new LinkedHashMap<>();
    private final List<Entry> manifests = new ArrayList<>();
    private final List<byte[]> blobs = new ArrayList<>();

    /** @param tag empty for none */
    private record Entry(Manifest manifest, String tag) {}

    /** An empty one. */
    SignedRepository(String repository) {
        this.repository = repository;
    }

    /** Everything that can be reached from the tags of a repository of a registry. */
    static SignedRepository read(String authority, String repository) throws IOException {
        SignedRepository read = new SignedRepository(repository);
        String base = "http://" + authority + "/v2/" + repository;
        JsonNode tags = JsonMapper.shared().readTree(get(base + "/tags/list")).path("tags");
        for (String tag : tags.valueStream().map(JsonNode::asString).sorted().toList()) {
            read.follow(base, nameOfTag(tag), tag, tag);
        }
        return read;
    }

    private void follow(String base, String name, String reference, String tag) throws IOException {
        String content = text(base + "/manifests/" + reference);
        JsonNode json = JsonMapper.shared().readTree(content);
        manifest(name, tag, json.has("manifests") ? INDEX : MANIFEST, content);
        for (JsonNode entry : json.path("manifests")) {
            String digest = entry.path("digest").asString();
            follow(base, nameOfReferrer(text(base + "/manifests/" + digest)), digest, "");
        }
        if (json.has("config")) {
            blob(name + ".config", get(base + "/blobs/" + json.path("config").path("digest").asString()));
        }
        for (JsonNode layer : json.path("layers")) {
            blob(name + ".layer", get(base + "/blobs/" + layer.path("digest").asString()));
        }
    }

    private static String nameOfTag(String tag) {
        if (tag.equals(TAG)) {
            return "image";
        }
        return ENDINGS.getOrDefault(tag.substring(tag.lastIndexOf('.') + 1), "referrers");
    }

    private static String nameOfReferrer(String manifest) {
        if (manifest.contains("/cosign/sign/")) {
            return "signature";
        }
        return manifest.contains("/attestation/") ? "attestation" : "sbom";
    }

    private static String text(String url) throws IOException {
        return new String(get(url, "Accept", MANIFEST, "Accept", INDEX), StandardCharsets.UTF_8);
    }

    private static byte[] get(String url, String... fields) throws IOException {
        try (RawClient client = RawClient.get(url, fields)) {
            byte[] body = client.readAll();
            if (client.status() != 200) {
                throw new IOException(url + " answered " + client.status());
            }
            return body;
        }
    }

    /** Adds a manifest, under a tag unless that is empty. */
    Manifest manifest(String name, String tag, String type, String json) {
        Manifest manifest = new Manifest(type, json);
        manifests.add(new Entry(manifest, tag));
        name(name, manifest.digest());
        return manifest;
    }

    /** Adds a blob; its digest. */
    Digest blob(String name, byte[] content) {
        Digest digest = Digest.sha256(content);
        blobs.add(content);
        name(name, digest);
        return digest;
    }

    /** What has a name keeps it: the empty configuration, for one, is that of several manifests. */
    private void name(String name, Digest digest) {
        if (!names.containsValue(digest)) {
            names.put(name, digest);
        }
    }

    /** Puts everything into another registry; into one with the referrers API without the tag in its place. */
    void copyTo(FakeRegistry registry, SignedAt kind) {
        boolean api = kind == SignedAt.REFERRERS_API;
        blobs.forEach(blob -> registry.blob(repository, blob));
        for (Entry entry : manifests) {
            Manifest manifest = entry.manifest();
            if (api && manifest.mediaType().equals(INDEX)) {
                continue;
            }
            registry.manifest(repository, manifest.mediaType(), manifest.bytes());
            if (!entry.tag().isEmpty()) {
                registry.tag(repository, entry.tag(), manifest.digest());
            }
            JsonNode subject = JsonMapper.shared().readTree(manifest.json()).path("subject").path("digest");
            if (api && subject.isString()) {
                registry.referrer(repository, Digest.parse(subject.asString()), descriptor(manifest));
            }
        }
    }

    /** The descriptor of a manifest that is attached to another. */
    static String descriptor(Manifest manifest) {
        JsonNode json = JsonMapper.shared().readTree(manifest.json());
        return """
                {"mediaType":"%s","digest":"%s","size":%d,"artifactType":"%s","annotations":%s}""".formatted(
                manifest.mediaType(), manifest.digest(), manifest.bytes().length, json.path("artifactType").asString(),
                json.path("annotations"));
    }

    /** This text with the names of digests, in braces, in place of their hexadecimal digits. */
    String named(String text) {
        String result = text;
        for (Map.Entry<String, Digest> name : names.entrySet()) {
            result = result.replace(name.getValue().hex(), "{" + name.getKey() + "}");
        }
        return result;
    }

    /** This text with the hexadecimal digits of digests in place of their names. */
    String spelled(String text) {
        String result = text;
        for (Map.Entry<String, Digest> name : names.entrySet()) {
            result = result.replace("{" + name.getKey() + "}", name.getValue().hex());
        }
        return result;
    }
}
