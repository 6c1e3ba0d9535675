package dev.freshet.proxy.upstream.document;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The part of a signed manifest that its digest is of (Docker image manifest version 2, schema 1, "Signed manifests"): a JSON
 * web signature whose {@code protected} headers say how many bytes of the body are the payload's, and how it goes on from
 * there. The signatures themselves are not checked, as registries and clients do not check them either.
 *
 * <p>Fails closed: a body has a payload only if all its signatures agree on it, and if it is exactly the payload and
 * {@code signatures}, as JSON. So a reader of the body and a reader of the payload see the same manifest.
 */
final class SignedPayload {

    private static final int MOST_SIGNATURES = 64;
    private static final int LONGEST_TAIL = 1024;
    private static final String SIGNATURES = "signatures";
    private static final byte[] KEY = ("\"" + SIGNATURES + "\"").getBytes(StandardCharsets.US_ASCII);
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private SignedPayload() {}

    /** What the protected header of a signature says; the rest of it does not matter. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Format(@JsonProperty("formatLength") @Nullable Integer length,
            @JsonProperty("formatTail") @Nullable String tail) {}

    /** The payload; empty when the body is no signed manifest of schema 1, or contradicts itself. */
    static Optional<byte[]> of(byte[] body) {
        if (!mentionsSignatures(body)) {
            return Optional.empty();
        }
        try {
            return JSON.readTree(body) instanceof ObjectNode manifest ? of(body, manifest) : Optional.empty();
        } catch (JacksonException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Optional<byte[]> of(byte[] body, ObjectNode manifest) {
        JsonNode signatures = manifest.path(SIGNATURES);
        boolean isSigned = manifest.path("schemaVersion").isInt() && manifest.path("schemaVersion").asInt() == 1
                && signatures.isArray() && !signatures.isEmpty() && signatures.size() <= MOST_SIGNATURES;
        if (!isSigned) {
            return Optional.empty();
        }
        Format format = format(signatures.get(0));
        for (JsonNode signature : signatures) {
            if (!format(signature).equals(format)) {
                return Optional.empty();
            }
        }
        return payload(body, format).filter(payload -> isAllOf(payload, manifest));
    }

    private static Format format(JsonNode signature) {
        byte[] header = Base64.getUrlDecoder().decode(signature.path("protected").asString(""));
        Format format = JSON.readValue(header, Format.class);
        return format == null ? new Format(null, null) : format;
    }

    private static Optional<byte[]> payload(byte[] body, Format format) {
        Integer length = format.length();
        String tail = format.tail();
        if (length == null || tail == null || length < 0 || length > body.length || tail.length() > LONGEST_TAIL) {
            return Optional.empty();
        }
        byte[] end = Base64.getUrlDecoder().decode(tail);
        return Optional.of(ByteBuffer.allocate(length + end.length).put(body, 0, length).put(end).array());
    }

    /** Whether a manifest is this payload and its signatures, and nothing else. */
    private static boolean isAllOf(byte[] payload, ObjectNode manifest) {
        return JSON.readTree(payload) instanceof ObjectNode signed && !signed.has(SIGNATURES)
                && signed.equals(manifest.deepCopy().without(SIGNATURES));
    }

    private static boolean mentionsSignatures(byte[] body) {
        for (int i = 0; i + KEY.length <= body.length; i++) {
            if (body[i] == KEY[0] && Arrays.equals(body, i, i + KEY.length, KEY, 0, KEY.length)) {
                return true;
            }
        }
        return false;
    }
}
