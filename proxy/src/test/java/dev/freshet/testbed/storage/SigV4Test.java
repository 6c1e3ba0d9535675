package dev.freshet.testbed.storage;

import dev.freshet.testbed.wire.Headers;
import dev.freshet.testbed.wire.Request;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The example of "Authenticating Requests: Using Query Parameters" in the S3 API reference, and what binds. */
class SigV4Test {

    private static final String HOST = "examplebucket.s3.amazonaws.com";

    private final SigV4 signer = new SigV4("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "us-east-1");
    private final String url = signer.presign("GET", HOST, "/test.txt", Instant.parse("2013-05-24T00:00:00Z"),
            Duration.ofDays(1));

    @Test
    void signsTheExampleOfTheReferenceAsTheReferenceDoes() {
        assertThat(url)
                .endsWith("X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
    }

    @Test
    void verifiesWhatItSigned() {
        assertThat(signer.verifies(request("GET", url, HOST))).isTrue();
    }

    @Test
    void bindsMethodPathQueryAndHost() {
        assertThat(signer.verifies(request("HEAD", url, HOST))).isFalse();
        assertThat(signer.verifies(request("GET", url.replace("test.txt", "test2.txt"), HOST))).isFalse();
        assertThat(signer.verifies(request("GET", url.replace("86400", "86401"), HOST))).isFalse();
        assertThat(signer.verifies(request("GET", url, "other.s3.amazonaws.com"))).isFalse();
    }

    private static Request request(String method, String url, String host) {
        URI uri = URI.create(url);
        return new Request(method, uri.getRawPath() + "?" + uri.getRawQuery(), Headers.of("Host", host));
    }
}
