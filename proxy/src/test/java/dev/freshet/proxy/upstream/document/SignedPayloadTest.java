package dev.freshet.proxy.upstream.document;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.image.SignedManifest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static dev.freshet.testbed.image.SignedManifest.signature;
import static dev.freshet.testbed.image.SignedManifest.signed;
import static org.assertj.core.api.Assertions.assertThat;

/** L-08: which bodies are signed manifests of schema 1, and of what their digest is. */
class SignedPayloadTest {

    private static final String PAYLOAD = "{\n  \"schemaVersion\": 1,\n  \"tag\": \"é\"\n}";
    private static final String HEAD = PAYLOAD.substring(0, PAYLOAD.length() - 2);
    private static final int LENGTH = HEAD.getBytes(StandardCharsets.UTF_8).length;
    private static final String GOOD = signature(LENGTH, "\n}");

    @Test
    void thePayloadIsWhatTheProtectedHeaderSays() {
        SignedManifest one = SignedManifest.of(Digest.sha256(new byte[]{1}));

        assertThat(SignedPayload.of(one.body())).contains(one.payload());
    }

    @Test
    void severalSignaturesThatAgreeAreOnePayload() {
        SignedManifest three = signed(PAYLOAD, HEAD, GOOD, signature(LENGTH, "\n}"), GOOD);

        assertThat(SignedPayload.of(three.body())).contains(three.payload());
    }

    static Stream<SignedManifest> bodiesWithout() {
        return Stream.of(
                signed(PAYLOAD, HEAD),
                signed(PAYLOAD, HEAD, "{}"),
                signed(PAYLOAD, HEAD, "1"),
                signed(PAYLOAD, HEAD, "{\"protected\":\"!\"}"),
                signed(PAYLOAD, HEAD, "{\"protected\":\"AAAA\"}"),
                signed(PAYLOAD, HEAD, "{\"protected\":\"bnVsbA\"}"),
                signed(PAYLOAD, HEAD, "{\"protected\":\"e30\"}"),
                signed(PAYLOAD, HEAD, GOOD, signature(LENGTH - 1, "\"\n}")),
                signed(PAYLOAD, HEAD, GOOD, signature(LENGTH, "\n\n}")),
                signed(PAYLOAD, HEAD, GOOD, "{}"),
                signed(PAYLOAD, HEAD, signature(-1, "\n}")),
                signed(PAYLOAD, HEAD, signature(0, "")),
                signed(PAYLOAD, HEAD, signature(1_000_000, "\n}")),
                signed(PAYLOAD, HEAD, signature(LENGTH, " ".repeat(2_000) + "}")),
                signed(PAYLOAD, HEAD, signature(LENGTH, "}{")),
                signed(PAYLOAD, HEAD, signature(LENGTH, ",\"fsLayers\":[]}")),
                signed(PAYLOAD, HEAD + ",\"fsLayers\":[]", GOOD),
                signed(PAYLOAD, HEAD + ",\"tag\":\"other\"", GOOD),
                signed(PAYLOAD, HEAD + ",\"signatures\":[]", GOOD),
                signed(PAYLOAD, HEAD.replace("1", "2"), GOOD),
                signed(PAYLOAD, HEAD.replace("1", "\"1\""), GOOD),
                signed(PAYLOAD, HEAD, Stream.generate(() -> GOOD).limit(65).toArray(String[]::new)),
                SignedManifest.none("[\"signatures\"]"),
                SignedManifest.none("{\"signatures\""),
                SignedManifest.none(signed(PAYLOAD, HEAD, GOOD) + "{}"),
                SignedManifest.none("{\"signatures\":".repeat(100_000)),
                SignedManifest.none("{\"schemaVersion\":1,\"signatures\":["
                        + "{},".repeat(300_000) + "{}]}"),
                SignedManifest.none(PAYLOAD));
    }

    @ParameterizedTest
    @MethodSource("bodiesWithout")
    @DisplayName("L-08: a body that is not exactly one payload and its signatures has none")
    void whatContradictsItselfHasNone(SignedManifest manifest) {
        assertThat(SignedPayload.of(manifest.body())).isEmpty();
    }

    @Test
    void everyCutAndEveryFlippedBitOfTheStructureIsFoundOut() {
        byte[] body = SignedManifest.of(Digest.sha256(new byte[]{1})).body();
        byte[] payload = SignedPayload.of(body).orElseThrow();

        for (int i = 0; i < body.length; i++) {
            assertThat(SignedPayload.of(Arrays.copyOf(body, i))).isEmpty();
            byte[] flipped = body.clone();
            flipped[i] ^= 1;
            boolean isSame = SignedPayload.of(flipped).filter(other -> Arrays.equals(other, payload)).isPresent();
            boolean isOfThePayload = i < payload.length - 2;
            assertThat(isSame && isOfThePayload).as("byte %d", i).isFalse();
        }
    }
}
