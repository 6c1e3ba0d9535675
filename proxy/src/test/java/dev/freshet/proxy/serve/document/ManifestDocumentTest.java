package dev.freshet.proxy.serve.document;

import dev.freshet.cache.catalog.ForeignLayer;
import dev.freshet.cache.catalog.Link;
import dev.freshet.cache.name.Digest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What is read of a manifest, and what it grants. */
class ManifestDocumentTest {

    private static final String A = "sha256:" + "a".repeat(64);
    private static final String B = "sha256:" + "b".repeat(64);
    private static final String C = "sha256:" + "c".repeat(64);

    @Test
    void configAndLayersBecomeLinksWithTheirSizes() {
        Map<Digest, Link> links = parse(
                "{'config':{'digest':'" + A + "','size':3,'mediaType':'x/y'},'layers':[{'digest':'"
                        + B + "'},null,{},{'digest':'junk'},{'size':-1}]}")
                .blobLinks();

        assertThat(links.keySet()).extracting(Digest::toString).containsExactly(A, B);
        assertThat(links.values()).extracting(Link::size).containsExactly(OptionalLong.of(3), OptionalLong.empty());
    }

    @Test
    @DisplayName("N-12: foreign layers, a subject and the manifests of an index grant nothing")
    void whatTheRegistryDoesNotCheckGrantsNothing() {
        assertThat(
                parse("{'layers':[{'digest':'" + A + "','urls':['http://169.254.169.254/']}],'subject':{'digest':'" + B
                        + "'},'manifests':[{'digest':'" + B + "'}]}").blobLinks())
                .isEmpty();
    }

    @Test
    void foreignLayersAreThoseWithUrlsAndASize() {
        Map<Digest, ForeignLayer> layers = parse("{'config':{'digest':'" + C + "','size':3},'layers':[{'digest':'" + A
                + "','size':9,'mediaType':'x/y','urls':['https://a/',null,'b']},{'digest':'" + B
                + "','urls':['https://a/']},{'digest':'" + C + "','size':0,'urls':['https://a/']},{'digest':'" + C
                + "','size':1,'urls':[]},{'digest':'junk','size':1,'urls':['x']}]}").foreignLayers();

        assertThat(layers).containsExactly(
                Map.entry(Digest.parse(A), new ForeignLayer("x/y", 9, List.of("https://a/", "b"))));
    }

    @Test
    @DisplayName("N-11: the number of URLs is bounded")
    void theNumberOfUrlsIsBounded() {
        String urls = "'https://a/',".repeat(1_000);

        assertThat(parse("{'layers':[{'digest':'" + A + "','size':9,'urls':[" + urls + "'x']}]}").foreignLayers()
                .values()).singleElement().extracting(layer -> layer.urls().size()).isEqualTo(16);
    }

    @ParameterizedTest
    @CsvSource({"application/vnd.x+json,application/vnd.x+json", "'',application/json",
            "application/json,application/json"})
    @DisplayName("N-08: a document that is both keeps what it was stated to be")
    void anAmbiguousDocumentIsNotRetyped(String stated, String served) {
        assertThat(parse("{'manifests':[],'layers':[]}").mediaType(stated)).isEqualTo(served);
    }

    @Test
    void aTypeThatSaysNothingIsMadeGoodByTheDocument() {
        String own = "application/vnd.example.image+json";
        assertThat(parse("{'mediaType':'" + own + "','layers':[]}").mediaType("text/plain")).isEqualTo(own);
        assertThat(parse("{'mediaType':'text/html','layers':[]}").mediaType("text/plain"))
                .isEqualTo("application/vnd.oci.image.manifest.v1+json");
        assertThat(parse("{'mediaType':'a/b\\r\\nX: y','layers':[]}").mediaType(""))
                .isEqualTo("application/vnd.oci.image.manifest.v1+json");
        assertThat(parse("{'manifests':[]}").mediaType("")).isEqualTo("application/vnd.oci.image.index.v1+json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "application/json", "application/octet-stream", "binary/octet-stream", "text/plain",
            "application/problem+json"})
    @DisplayName("L-08: what names no kind of manifest is made good by the document's structure")
    void structureDecidesWhereTheTypeDoesNot(String stated) {
        assertThat(parse("{'schemaVersion':2,'layers':[]}").mediaType(stated))
                .isEqualTo("application/vnd.oci.image.manifest.v1+json");
        assertThat(parse("{'schemaVersion':2,'manifests':[]}").mediaType(stated))
                .isEqualTo("application/vnd.oci.image.index.v1+json");
        assertThat(parse("{'schemaVersion':1,'fsLayers':[]}").mediaType(stated))
                .isEqualTo("application/vnd.docker.distribution.manifest.v1+json");
        assertThat(parse("{'schemaVersion':1,'fsLayers':[],'signatures':[{}]}").mediaType(stated))
                .isEqualTo("application/vnd.docker.distribution.manifest.v1+prettyjws");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "1", "{", "{'layers':1}"})
    @DisplayName("N-11: what is no manifest is none")
    void whatIsNoManifestIsNone(String text) {
        assertThat(ManifestDocument.parse(bytes(text))).isEmpty();
    }

    @Test
    @DisplayName("N-11: depth and number are bounded")
    void depthAndNumberAreBounded() {
        StringBuilder many = new StringBuilder("{'layers':[");
        for (int i = 0; i < 12_000; i++) {
            many.append("{'digest':'sha256:%064x'},".formatted(i));
        }

        assertThat(ManifestDocument.parse(bytes("{'a':".repeat(100_000)))).isEmpty();
        assertThat(parse(many + "{}]}").blobLinks()).hasSize(10_000);
    }

    private static ManifestDocument parse(String text) {
        return ManifestDocument.parse(bytes(text)).orElseThrow();
    }

    private static byte[] bytes(String text) {
        return text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }
}
