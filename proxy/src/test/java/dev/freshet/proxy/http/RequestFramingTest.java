package dev.freshet.proxy.http;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Requests whose end or target is in doubt, and too much of them: the fault cases P-01, P-02, P-03, P-04, P-09, P-10, P-14,
 * P-16 and P-32, and N-02.
 */
class RequestFramingTest extends DataPortKit {

    private static final String SMUGGLED = "GET /v2/lab/smuggled/manifests/1 HTTP/1.1\r\nHost: localhost\r\n\r\n";

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"Transfer-Encoding: chunked\r\nContent-Length: 5",
            "Content-Length: 5\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked",
            "Transfer-Encoding: identity", "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: xchunked",
            "Transfer-Encoding: chunked, identity", "Transfer-Encoding:\u000bchunked", "Transfer-Encoding: CHUNKED",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", "Transfer-Encoding:",
            "Content-Length: 0\r\nContent-Length: 0", "Content-Length: 0\r\nContent-Length: 5", "Content-Length: 5, 5",
            "Content-Length: -1", "Content-Length: +0", "Content-Length: 0x5", "Content-Length: abc",
            "Content-Length: 99999999999999999999", "Content-Length: 5 5", "Content-Length:", "Host: other"})
    void aHeadThatCanBeReadInTwoWaysIsRefusedAndTheConnectionEnded(String headers) throws Exception {
        try (RawClient client = client()) {
            client.request("GET /v2/ HTTP/1.1", "Host: localhost", headers);
            client.send("0\r\n\r\n" + SMUGGLED);

            String everything = client.rest();

            assertThat(everything).startsWith("HTTP/1.1 400 ");
            assertThat(everything.split("HTTP/1.1 ", -1)).as(everything).hasSize(2);
        }
        assertThat(registry.traffic().all()).isEmpty();
    }

    @Test
    void aRequestWithinABodyIsNeverRun() throws Exception {
        try (RawClient client = client()) {
            client.get("/v2/", "Content-Length: " + SMUGGLED.length()).send(SMUGGLED);

            String everything = client.rest();

            assertThat(everything).startsWith("HTTP/1.1 400 ");
            assertThat(everything.split("HTTP/1.1 ", -1)).as(everything).hasSize(2);
        }
        assertThat(registry.traffic().all()).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"GET /v2/ HTTP/1.1\r\n\r\n", "GET /v2/ HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
            "GET /v2/ HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", "GET /v2/ HTTP/1.1\r\nHost : a\r\n\r\n",
            "GET /v2/ HTTP/1.1\r\nHost: a\r\n folded: b\r\n\r\n", "GET /v2/\r\n\r\n", "\u0016\u0003\u0001\r\n\r\n",
            "GET  /v2/ HTTP/1.1\r\nHost: a\r\n\r\n", "GET /v2/ HTTP/1.10\r\nHost: a\r\n\r\n",
            "GET /v2/ FOO/1.1\r\nHost: a\r\n\r\n",
            "GET /v2/ HTTP/2.0\r\nHost: a\r\n\r\n",
            "GET /v2/\u0000 HTTP/1.1\r\nHost: a\r\n\r\n", "GET /v2/ HTTP/1.1\r\nHost: a\r\nA\u0000B: c\r\n\r\n"})
    void aMalformedHeadIsRefusedAndNothingAfterItIsRead(String head) throws Exception {
        try (RawClient client = client()) {
            client.send(head).send(SMUGGLED);

            String everything = client.rest();

            assertThat(everything).doesNotContain("HTTP/1.1 2", "HTTP/1.1 404");
            assertThat(everything.split("HTTP/1.1 ", -1).length).as(everything).isLessThanOrEqualTo(2);
        }
        assertThat(registry.traffic().all()).isEmpty();
    }

    @Test
    void http10NeedsNoHost() throws Exception {
        try (RawClient client = client()) {
            assertThat(client.request("GET /v2/ HTTP/1.0").answer().status()).isEqualTo(200);
        }
    }

    @Test
    void fiftyPipelinedRequestsAreAnsweredInOrder() throws Exception {
        get(MANIFEST);
        List<String> targets = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            targets.add(List.of(MANIFEST, BLOB, "/v2/lab/app/manifests/none" + i, "/v2/", "/v2/UPPER/manifests/1")
                    .get(i % 5));
        }
        try (RawClient client = client()) {
            StringBuilder all = new StringBuilder();
            targets.forEach(target -> all.append("GET ").append(target).append(" HTTP/1.1\r\nHost: localhost\r\n\r\n"));

            client.send(all.toString());

            for (int i = 0; i < 50; i++) {
                RawAnswer answer = client.answer();
                assertThat(answer.status()).as(targets.get(i)).isEqualTo(List.of(200, 200, 404, 200, 400).get(i % 5));
                String body = List.of(text(manifest), text(LAYER), "none" + i, "{}", "NAME_INVALID").get(i % 5);
                assertThat(answer.body()).as(targets.get(i)).contains(body);
            }
        }
    }

    @ParameterizedTest(name = "{0} bytes: {1}")
    @CsvSource({"40000, 431", "60000, 431", "90000, 400", "900000, 400"})
    void tooMuchHeadIsRefusedAndTheConnectionEnded(int bytes, int status) throws Exception {
        try (RawClient client = client()) {
            StringBuilder head = new StringBuilder("GET /v2/ HTTP/1.1\r\nHost: localhost\r\n");
            while (head.length() < bytes) {
                head.append("X-").append(head.length()).append(": ").append("x".repeat(4000)).append("\r\n");
            }

            String everything = sendAll(client, head.append("\r\n").toString());

            assertThat(everything).startsWith("HTTP/1.1 " + status + " ");
            assertThat(everything.split("HTTP/1.1 ", -1)).as(everything).hasSize(2);
        }
        assertThat(get("/v2/").status()).isEqualTo(200);
    }

    @Test
    void tooManyHeadersAreRefusedAs431() throws Exception {
        try (RawClient client = client()) {
            StringBuilder head = new StringBuilder("GET /v2/ HTTP/1.1\r\nHost: localhost\r\n");
            for (int i = 0; i < 150; i++) {
                head.append("X-").append(i).append(": y\r\n");
            }

            assertThat(sendAll(client, head.append("\r\n").toString())).startsWith("HTTP/1.1 431 ");
        }
    }

    @Test
    void aHugeTargetIsRefused() throws Exception {
        try (RawClient client = client()) {
            String everything = sendAll(client,
                    "GET /v2/" + "a/".repeat(50_000) + "manifests/1 HTTP/1.1\r\nHost: localhost\r\n\r\n");

            assertThat(everything).startsWith("HTTP/1.1 4");
        }
    }

    @Test
    void aHeadThatDoesNotEndIsCutOff() throws Exception {
        restart(Duration.ofMillis(300));
        try (RawClient client = client()) {
            client.send("GET /v2/ HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");

            assertThat(client.rest()).doesNotContain("HTTP/1.1 2");
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"PUT", "POST", "PATCH", "DELETE", "TRACE", "OPTIONS", "PROPFIND", "get", "gEt"})
    void aMethodOtherThanGetAndHeadIsRefusedWithoutAskingAnUpstream(String method) throws Exception {
        try (RawClient client = client()) {
            RawAnswer answer = client.method(method, MANIFEST).answer();

            assertThat(answer.status()).isEqualTo(405);
            assertThat(answer.header("Allow")).contains("GET, HEAD");
            assertThat(answer.body()).contains("\"UNSUPPORTED\"");
        }
        assertThat(registry.traffic().all()).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"PUT", "POST", "PATCH", "DELETE"})
    void aWriteWithABodyIsRefusedAndItsBodyNotRun(String method) throws Exception {
        try (RawClient client = client()) {
            client.method(method, MANIFEST, "Content-Length: " + SMUGGLED.length()).send(SMUGGLED);

            String everything = client.rest();

            assertThat(everything).startsWith("HTTP/1.1 405 ").contains("\"UNSUPPORTED\"");
            assertThat(everything.split("HTTP/1.1 ", -1)).as(everything).hasSize(2);
        }
        assertThat(registry.traffic().all()).isEmpty();
    }

    @Test
    void aWriteInChunksIsRefusedAndTheConnectionEnded() throws Exception {
        try (RawClient client = client()) {
            client.method("PATCH", "/v2/lab/app/blobs/uploads/1", "Transfer-Encoding: chunked")
                    .send("5\r\nhello\r\n0\r\n\r\n");

            assertThat(client.rest()).startsWith("HTTP/1.1 405 ");
        }
    }

    @Test
    void aBodyThatNeverEndsKeepsTheConnectionForSomeSecondsOnly() throws Exception {
        try (RawClient client = client()) {
            client.method("PATCH", "/v2/lab/app/blobs/uploads/1", "Transfer-Encoding: chunked").send("5\r\nhello\r\n");

            assertThat(client.rest()).startsWith("HTTP/1.1 405 ");
        }
    }

    @Test
    void aBodyOfUnknownLengthIsAnsweredWhenMoreThanTheBoundHasCome() throws Exception {
        int sent = (int) UnreadBody.MOST + 1;
        try (RawClient client = client()) {
            client.method("PATCH", "/v2/lab/app/blobs/uploads/1", "Transfer-Encoding: chunked")
                    .send(Integer.toHexString(2 * sent) + "\r\n" + "x".repeat(sent));

            assertThat(client.rest()).startsWith("HTTP/1.1 405 ").endsWith("}");
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"PUT,405", "GET,400"})
    void aClientThatSendsAllOfALongBodyFirstGetsTheAnswer(String method, int status) throws Exception {
        String body = "x".repeat((int) UnreadBody.MOST);
        try (RawClient client = client()) {
            client.method(method, MANIFEST, "Content-Length: " + body.length()).send(body);

            String everything = client.rest();

            assertThat(everything).startsWith("HTTP/1.1 " + status + " ").endsWith("}");
        }
    }

    @Test
    void connectIsRefused() throws Exception {
        try (RawClient client = client()) {
            client.request("CONNECT example.com:443 HTTP/1.1", "Host: example.com:443");

            assertThat(client.answer().status()).isEqualTo(405);
        }
    }

    @Test
    void lowerCaseHeadIsNoHeadAndLeavesNothingBehindOnTheConnection() throws Exception {
        try (RawClient client = client()) {
            client.method("head", "/v2/");

            String everything = client.rest();

            assertThat(everything).startsWith("HTTP/1.1 405 ").containsIgnoringCase("connection: close");
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"/v2/app/manifests/1?ns=lab", "/v2/app/manifests/1?ns=localhost:5000",
            "/v2/app/manifests/1?ns=localhost%3A5000", "/v2/app/manifests/1?x=y&ns=l%61b&z",
            "/v2/app/manifests/1?ns=&ns=lab", "/v2/localhost:5000/app/manifests/1"})
    void theNamespaceIsReadAsClientsEncodeIt(String target) throws Exception {
        assertThat(get(target).body()).isEqualTo(text(manifest));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"/v2/app/manifests/1?ns=%zz", "/v2/app/manifests/1?ns=%", "/v2/app/manifests/1?ns=%00",
            "/v2/app/manifests/1?ns=169.254.169.254", "/v2/app/manifests/1?ns=lab%2F..%2Flab"})
    void aNamespaceThatIsNoneIsRefused(String target) throws Exception {
        assertThat(get(target).status()).isIn(400, 404);
        assertThat(registry.traffic().all()).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"/v2/lab/a/%2e%2e/manifests/1", "/v2/lab%2Fapp/manifests/1", "/v2/lab/app/manifests/%2e%2e",
            "/v2/lab/..;/app/manifests/1", "/v2/lab/app%00/manifests/1", "//v2//lab/app/manifests/1",
            "/v2/lab/../lab/app/manifests/1", "/v2/lab/app/manifests/1;a=b", "/v2/lab/app/manifests/1#x",
            "/v2/lab/%252e%252e/manifests/1"})
    void pathsAreReadAsTheyWereSent(String target) throws Exception {
        assertThat(get(target).status()).isIn(400, 404);
        assertThat(registry.traffic().all()).isEmpty();
    }

    /** Sends while the server may have stopped reading, and reads what it said. */
    private static String sendAll(RawClient client, String text) throws Exception {
        Thread sender = Thread.ofVirtual().start(() -> {
            try {
                client.send(text);
            } catch (IOException e) {
                Thread.currentThread().interrupt();
            }
        });
        String everything = client.rest();
        sender.join(Duration.ofSeconds(30));
        return everything;
    }
}
