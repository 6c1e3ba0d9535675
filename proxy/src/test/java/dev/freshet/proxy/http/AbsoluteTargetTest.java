package dev.freshet.proxy.http;

import dev.freshet.testbed.traffic.Endpoint;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Targets that are whole URLs, as clients send them to a forward proxy (RFC 9112, section 3.2.2). */
class AbsoluteTargetTest extends DataPortKit {

    @Test
    void anAbsoluteTargetIsReadLikeItsPath() throws Exception {
        try (RawClient client = client()) {
            RawAnswer answer = client.get("http://localhost" + MANIFEST).answer();

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo(text(manifest));
        }
        assertThat(registry.traffic().of(Endpoint.MANIFEST)).hasSize(1);
    }

    @ParameterizedTest(name = "{0} with Host: {1} is of {2}")
    @CsvSource(textBlock = """
            /v2/,                                  mirror.example.com,      localhost:5000
            /v2/,                                  other.example.com,       lab
            http://mirror.example.com/v2/,         mirror.example.com,      localhost:5000
            http://mirror.example.com:5000/v2/,    mirror.example.com:5000, localhost:5000
            http://mirror.example.com:5000/v2/,    mirror.example.com,      localhost:5000
            HTTP://Mirror.Example.Com/v2/,         Mirror.Example.Com,      localhost:5000
            http://other.example.com/v2/,          other.example.com,       lab
            http://plain.example.com/v2/,          plain.example.com:443,   localhost:5000
            https://plain.example.com/v2/,         plain.example.com,       lab
            https://plain.example.com/v2/,         plain.example.com:80,    lab
            https://plain.example.com:80/v2/,      plain.example.com:443,   localhost:5000
            https://secure.example.com/v2/,        secure.example.com:80,   localhost:5000
            http://secure.example.com/v2/,         secure.example.com:443,  lab
            http://[::1]:8/v2/,                    '[::1]',                 localhost:5000
            http://[::1]/v2/,                      '[::1]:8',               lab
            http://mirror.example.com/v2/?ns=lab,  mirror.example.com,      lab
            """)
    void theTargetsHostAndPortCountBeforeTheHeaders(String target, String host, String upstream) throws Exception {
        try (RawClient client = client()) {
            RawAnswer answer = client.request("GET " + target + " HTTP/1.1", "Host: " + host).answer();

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("OCI-Namespace")).contains(upstream);
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"ftp://localhost/v2/", "file:///v2/", "ws://localhost/v2/", "http:///v2/", "http://:80/v2/",
            "http://user@localhost/v2/", "http://user:secret@localhost/v2/", "http://[::1/v2/",
            "http://localhost:abc/v2/", "http://localhost:123456/v2/", "httpx://localhost/v2/"})
    void aUrlOfAnotherSchemeOrWithoutAHostIsRefusedAndTheConnectionEnded(String target) throws Exception {
        try (RawClient client = client()) {
            client.get(target).get("/v2/");

            String everything = client.rest();

            assertThat(everything).startsWith("HTTP/1.1 400 ");
            assertThat(everything.split("HTTP/1.1 ", -1)).as(everything).hasSize(2);
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"http://localhost", "http://localhost/", "http://localhost?ns=lab", "http:/v2/", "v2/",
            "localhost/v2/", "http://localhost//v2/", "http://localhost/v2/lab/app/manifests/%2f1"})
    void aTargetWithAnotherPathIsNotFound(String target) throws Exception {
        assertThat(get(target).status()).isIn(400, 404);
        assertThat(registry.traffic().all()).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"mirror.example.com", "mirror.example.com.", "MIRROR.example.com.:5000",
            "mirror.example.com:5000"})
    @DisplayName("A dot at the end of a host names the same host")
    void aHostMayEndInADot(String host) throws Exception {
        try (RawClient client = client()) {
            RawAnswer answer = client.request("GET /v2/ HTTP/1.1", "Host: " + host).answer();

            assertThat(answer.header("OCI-Namespace")).contains("localhost:5000");
        }
    }

    /** Undertow refuses it itself, where the header might as well be ignored: who sends both has to send them alike. */
    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"X: y", "Host: a\r\nHost: b", "Host: localhost\r\nHost: localhost",
            "Host: mirror.example.com", "Host:"})
    void aTargetsHostTakesNoOtherHeaderBesideIt(String hosts) throws Exception {
        try (RawClient client = client()) {
            client.request("GET http://localhost/v2/ HTTP/1.1", hosts).get("/v2/");

            String everything = client.rest();

            assertThat(everything).startsWith("HTTP/1.1 400 ");
            assertThat(everything.split("HTTP/1.1 ", -1)).as(everything).hasSize(2);
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"http://mirror.example.com/v2/", "HTTP://MIRROR.example.com/v2/",
            "http://mirror.example.com./v2/", "https://secure.example.com/v2/", "http://[::1]:8/v2/"})
    void http10NeedsNoHeaderBesideTheTargetsHost(String target) throws Exception {
        try (RawClient client = client()) {
            RawAnswer answer = client.request("GET " + target + " HTTP/1.0").answer();

            assertThat(answer.header("OCI-Namespace")).contains("localhost:5000");
        }
    }
}
