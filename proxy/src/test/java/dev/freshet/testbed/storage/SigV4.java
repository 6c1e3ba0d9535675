package dev.freshet.testbed.storage;

import dev.freshet.testbed.wire.Headers;
import dev.freshet.testbed.wire.Request;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * URLs signed with AWS Signature Version 4 in their query, for S3. A signature binds method, path, query and host.
 *
 * @param accessKey the public half of the credentials
 * @param secretKey the other
 * @param region such as {@code us-east-1}
 */
public record SigV4(String accessKey, String secretKey, String region) {

    /** The form of {@code X-Amz-Date}; whole seconds, UTC. */
    static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private static final String ALGORITHM = "AWS4-HMAC-SHA256";

    /** A URL for this method on this path, which needs no encoding, from {@code date} on. */
    public String presign(String method, String authority, String path, Instant date, Duration life) {
        String stamp = DATE.format(date);
        String query = "X-Amz-Algorithm=" + ALGORITHM + "&X-Amz-Credential="
                + encode(accessKey + "/" + scope(stamp)) + "&X-Amz-Date=" + stamp + "&X-Amz-Expires="
                + life.toSeconds() + "&X-Amz-SignedHeaders=host";
        Request unsigned = new Request(method, path + "?" + query, Headers.of("Host", authority));
        return "http://" + authority + path + "?" + query + "&X-Amz-Signature=" + signature(unsigned);
    }

    /** Whether the signature in the request's query is the right one for it. */
    public boolean verifies(Request request) {
        Optional<String> given = request.parameter("X-Amz-Signature");
        return given.isPresent() && request.parameter("X-Amz-Date").isPresent()
                && MessageDigest.isEqual(signature(request).getBytes(StandardCharsets.US_ASCII),
                        given.get().getBytes(StandardCharsets.US_ASCII));
    }

    private String signature(Request request) {
        String stamp = request.parameter("X-Amz-Date").orElseThrow();
        String toSign = ALGORITHM + "\n" + stamp + "\n" + scope(stamp) + "\n"
                + HexFormat.of().formatHex(sha256(canonical(request)));
        byte[] key = ("AWS4" + secretKey).getBytes(StandardCharsets.UTF_8);
        for (String part : scope(stamp).split("/", -1)) {
            key = hmac(key, part);
        }
        return HexFormat.of().formatHex(hmac(key, toSign));
    }

    private String scope(String stamp) {
        return stamp.substring(0, 8) + "/" + region + "/s3/aws4_request";
    }

    private static String canonical(Request request) {
        String query = request.parameters().stream().filter(p -> !p.name().equals("X-Amz-Signature"))
                .map(p -> encode(p.name()) + "=" + encode(p.value())).sorted(Comparator.naturalOrder())
                .collect(Collectors.joining("&"));
        String signedHeaders = request.parameter("X-Amz-SignedHeaders").orElse("host");
        String headers = Arrays.stream(signedHeaders.split(";", -1))
                .map(name -> name + ":" + request.header(name).orElse("") + "\n").collect(Collectors.joining());
        return String.join("\n", request.method(), request.path(), query, headers, signedHeaders, "UNSIGNED-PAYLOAD");
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20").replace("*", "%2A").replace("%7E",
                "~");
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no SHA-256 here", e);
        }
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no HMAC with SHA-256 here", e);
        }
    }
}
