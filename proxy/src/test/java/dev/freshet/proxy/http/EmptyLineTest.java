package dev.freshet.proxy.http;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Empty lines before a request, as some clients send them after a body (RFC 9112, section 2.2). */
class EmptyLineTest extends DataPortKit {

    private static final String GET = "GET " + MANIFEST + " HTTP/1.1\r\nHost: localhost\r\n\r\n";

    @ParameterizedTest
    @ValueSource(ints = {1, 2, EmptyLineConduit.MOST})
    @DisplayName("Empty lines before a request are ignored")
    void areIgnored(int count) throws Exception {
        try (RawClient client = client()) {
            client.send("\r\n".repeat(count) + GET);

            assertThat(client.answer().status()).isEqualTo(200);
        }
    }

    @Test
    @DisplayName("So they are between requests that came at once")
    void areIgnoredBetweenRequestsThatCameAtOnce() throws Exception {
        try (RawClient client = client()) {
            client.send("\r\n" + GET + "\r\n" + GET.replace("GET", "HEAD") + "\r\n\r\n" + GET + "\r\n");

            assertThat(client.answer().body()).isEqualTo(text(manifest));
            assertThat(client.head().status()).isEqualTo(200);
            assertThat(client.answer().body()).isEqualTo(text(manifest));
            assertThat(client.send(GET).answer().status()).isEqualTo(200);
        }
    }

    @Test
    @DisplayName("So they are when each byte comes by itself")
    void areIgnoredByteByByte() throws Exception {
        String all = "\r\n" + GET + "\r\n\r\n" + GET;
        try (RawClient client = client()) {
            for (byte next : all.getBytes(StandardCharsets.ISO_8859_1)) {
                client.send(Character.toString(next));
            }

            assertThat(client.answer().status()).isEqualTo(200);
            assertThat(client.answer().status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r", "\r\r\n", " \r\n", "\r\n ", "\n\r\n", "x\r\n", "\r\n\r"})
    @DisplayName("What is no empty line before a request is refused as before")
    void anythingElseIsRefused(String nearly) throws Exception {
        try (RawClient client = client()) {
            client.send(nearly + GET);

            assertThat(client.rest()).startsWith("HTTP/1.1 4").doesNotContain("HTTP/1.1 200");
        }
    }

    @Test
    @DisplayName("Empty lines without end are refused")
    void endlessLinesAreRefused() throws Exception {
        try (RawClient client = client()) {
            client.send("\r\n".repeat(EmptyLineConduit.MOST + 1) + GET);

            assertThat(client.rest()).startsWith("HTTP/1.1 400");
        }
    }

    @Test
    @DisplayName("P-04: behind an empty line, a body is no request either")
    void aBodyBehindAnEmptyLineIsNoRequest() throws Exception {
        try (RawClient client = client()) {
            client.send("GET " + MANIFEST + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + (GET.length() + 2)
                    + "\r\n\r\n\r\n" + GET);

            assertThat(client.rest()).startsWith("HTTP/1.1 400").doesNotContain("HTTP/1.1 200");
        }
    }
}
