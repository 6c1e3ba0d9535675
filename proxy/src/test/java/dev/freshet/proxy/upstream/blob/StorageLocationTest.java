package dev.freshet.proxy.upstream.blob;

import dev.freshet.cache.fill.FailureReason;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.blob.StorageLocation.Step;
import dev.freshet.proxy.upstream.blob.StorageLocation.StorageUrl;
import dev.freshet.proxy.upstream.call.Reply;
import dev.freshet.proxy.upstream.call.Reply.Source;
import dev.freshet.proxy.upstream.socket.ArrivedBytes;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What downloads of one blob find out for each other. */
class StorageLocationTest {

    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

    private int located;
    private final StorageLocation location = new StorageLocation(() -> Instant.EPOCH);

    @Test
    void whoAsksTheRegistryAgainKnowsWhyWhoeverHasMetTheTrouble() {
        StorageUrl dead = locate(lead());
        UpstreamException refused = new UpstreamException(FailureReason.SIGNED_URL_REFUSED, "403");

        location.forget(dead, refused);
        Step.Lead other = lead();

        assertThat(other.lost()).isSameAs(refused);
        assertThat(other.isRenewal()).isFalse();
        other.inquiry().close();
        assertThat(lead().lost()).isNull();
    }

    @Test
    void troubleWithWhatWasReplacedAlreadyIsNoReason() {
        StorageUrl old = locate(lead());
        location.forget(old, new UpstreamException(FailureReason.SIGNED_URL_REFUSED, "403"));
        StorageUrl replaced = locate(lead());

        location.forget(old, new UpstreamException(FailureReason.SIGNED_URL_REFUSED, "403 again"));

        assertThat(location.next()).isEqualTo(new Step.AskStorage(replaced));
    }

    @ParameterizedTest(name = "storage ahead by {0} s")
    @ValueSource(longs = {0, 59, -59, 3600, -3600, 86_400, -86_400})
    @DisplayName("L-10: how long a signed URL lives is told by the clock of its storage")
    void aUrlLivesByTheClockOfItsStorage(long ahead) {
        Instant theirs = NOW.plusSeconds(ahead);
        String url = "https://storage.example.com/blob?X-Amz-Expires=60&X-Amz-Date="
                + DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC).format(theirs);
        StorageLocation skewed = new StorageLocation(() -> NOW);

        StorageUrl found = locate(skewed, (Step.Lead) skewed.next(), url,
                DateTimeFormatter.RFC_1123_DATE_TIME.withZone(ZoneOffset.UTC).format(theirs));

        assertThat(found.renewal()).contains(NOW.plusSeconds(55));
    }

    private Step.Lead lead() {
        return (Step.Lead) location.next();
    }

    /** Ends an inquiry with a redirect to the storage; each time to another address. */
    private StorageUrl locate(Step.Lead leading) {
        return locate(location, leading, "https://storage.example.com/blob?" + located++, "");
    }

    private static StorageUrl locate(StorageLocation location, Step.Lead leading, String url, String date) {
        Request request = new Request.Builder().url(url).build();
        Response response = new Response.Builder().request(request).protocol(Protocol.HTTP_1_1).code(200).message("")
                .header("Date", date).build();
        StorageUrl found = location.locate(new Reply(response, new OkHttpClient().newCall(request), Source.STORAGE,
                new ArrivedBytes(), Duration.ZERO)).orElseThrow();
        leading.inquiry().close();
        return found;
    }
}
