package dev.freshet.proxy.route;

import dev.freshet.cache.name.InvalidNameException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** {@link ImageName}. */
class ImageNameTest {

    @ParameterizedTest
    @CsvSource({"busybox,busybox:latest", "lab/team/app:1.0,lab/team/app:1.0",
            "localhost:5000/app:2,localhost:5000/app:2", "ghcr.io/a/b,ghcr.io/a/b:latest"})
    void anImageHasATag(String text, String name) {
        assertThat(ImageName.parse(text)).hasToString(name);
    }

    @Test
    void aDigestIsMoreThanATag() {
        String digest = "sha256:" + "a".repeat(64);

        assertThat(ImageName.parse("lab:5000/app:1@" + digest)).hasToString("lab:5000/app@" + digest);
    }

    @ParameterizedTest(name = "\"{0}\"")
    @ValueSource(strings = {"", "UPPER", "a:b:c", "a:", "a@", "a@sha256:1", "a@b@c", "/a", "a/", "a//b", "http://a/b",
            "a b",
            "../a", "lab:port/a", "a:tag/b"})
    void whatIsNoImageIsRefused(String text) {
        assertThatThrownBy(() -> ImageName.parse(text)).isInstanceOf(InvalidNameException.class);
    }
}
