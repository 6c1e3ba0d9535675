package dev.freshet.proxy.upstream.document;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The media types of manifests. */
class MediaTypesTest {

    @Test
    void media_types_lose_their_parameters() {
        assertThat(MediaTypes.bare(null)).isEmpty();
        assertThat(MediaTypes.bare(" Application/JSON ; charset=utf-8")).isEqualTo("application/json");
    }

    @Test
    void manifests_may_come_under_any_type_but_that_of_a_page() {
        assertThat(MediaTypes.mayBeManifest("application/vnd.oci.image.index.v1+json")).isTrue();
        assertThat(MediaTypes.mayBeManifest("")).isTrue();
        assertThat(MediaTypes.mayBeManifest("text/html")).isFalse();
    }
}
