package dev.freshet.proxy.upstream.blob;

import dev.freshet.proxy.upstream.blob.StorageLocation.StorageUrl;
import java.time.Instant;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** When signed URLs say that they die. */
class ExpiryHintTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @ParameterizedTest
    @CsvSource({"X-Amz-Date=20260101T000000Z&X-Amz-Expires=1200, 2026-01-01T00:19:55Z",
            "X-Amz-Date=20251231T235000Z&X-Amz-Expires=1200, 2026-01-01T00:09:55Z",
            "X-Amz-Date=20260101T000000Z&X-Amz-Expires=20, 2026-01-01T00:00:18Z",
            "X-Amz-Date=20260101T000000Z&X-Amz-Expires=604800, 2026-01-07T23:59:55Z",
            "X-Goog-Date=20260101T000000Z&X-Goog-Expires=900, 2026-01-01T00:14:55Z",
            "Expires=1767226200&Signature=x&Key-Pair-Id=y, 2026-01-01T00:09:55Z",
            "AWSAccessKeyId=x&Expires=1767226200&Signature=y, 2026-01-01T00:09:55Z",
            "se=2026-01-01T01%3A00%3A00Z&sig=x, 2026-01-01T00:59:55Z", "se=2026-01-01T01:00Z, 2026-01-01T00:59:55Z",
            "se=2026-01-01T01:00:00.0000000Z, 2026-01-01T00:59:55Z",
            "se=2026-01-01T03:00:00%2B02:00, 2026-01-01T00:59:55Z", "se=2026-01-02, 2026-01-01T23:59:55Z",
            "se=2026-01-01T01:00Z&Expires=1767226200, 2026-01-01T00:09:55Z"})
    void anotherIsAskedForALittleEarlier(String query, Instant renewal) {
        assertThat(ExpiryHint.renewal(url(query), NOW)).hasValue(renewal);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "verify=1767226200-abc", "X-Amz-Date=20260101T000000Z", "X-Amz-Expires=1200",
            "X-Amz-Date=20260101T000000Z&X-Amz-Expires=", "X-Amz-Date=20260101T000000Z&X-Amz-Expires=-5",
            "X-Amz-Date=20260101T000000Z&X-Amz-Expires=soon", "X-Amz-Date=20261301T000000Z&X-Amz-Expires=1200",
            "X-Amz-Date=yesterday&X-Amz-Expires=1200", "X-Goog-Date=20260101T000000Z&X-Amz-Expires=900",
            "Expires=999999999999999999999", "Expires=1e9", "Expires", "se=", "se=T", "se=2026-01-01T01:00:00",
            "se=2026-02-30", "se=99999999999-01-01T00:00Z"})
    void whatSaysNothingIsNoHint(String query) {
        assertThat(ExpiryHint.renewal(url(query), NOW)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-Amz-Date=20251231T000000Z&X-Amz-Expires=1200", "Expires=1767225600", "se=2025-12-31"})
    void oneThatSaysItIsDeadWhenItHasJustWorkedIsNoHint(String query) {
        assertThat(ExpiryHint.renewal(url(query), NOW)).isEmpty();
    }

    @Test
    void aUrlIsShownWithoutItsQuery() {
        StorageUrl url = new StorageUrl(url("X-Amz-Signature=secret"), ExpiryHint.renewal(url(""), NOW));

        assertThat(url).hasToString("https://storage.example.com/blob");
    }

    private static HttpUrl url(String query) {
        return HttpUrl.get("https://storage.example.com/blob?" + query);
    }
}
