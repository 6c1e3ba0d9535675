package dev.freshet.proxy.upstream.document;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The media types of manifests. */
class MediaTypesTest {

    @Test
    void mediaTypesLoseTheirParameters() {
        assertThat(MediaTypes.bare(null)).isEmpty();
        assertThat(MediaTypes.bare(" Application/JSON ; charset=utf-8")).isEqualTo("application/json");
    }

    @Test
    void manifestsMayComeUnderAnyTypeButThatOfAPage() {
        assertThat(MediaTypes.mayBeManifest("application/vnd.oci.image.index.v1+json")).isTrue();
        assertThat(MediaTypes.mayBeManifest("")).isTrue();
        assertThat(MediaTypes.mayBeManifest("text/html")).isFalse();
    }
}
