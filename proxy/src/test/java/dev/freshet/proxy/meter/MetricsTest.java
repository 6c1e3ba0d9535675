package dev.freshet.proxy.meter;

import dev.freshet.cache.fill.BlobOrigin;
import dev.freshet.cache.fill.ContentCache;
import dev.freshet.cache.fill.FillEvent;
import dev.freshet.cache.fill.FillOutcome;
import dev.freshet.cache.fill.Transfer;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.store.ByteRange;
import dev.freshet.cache.store.EvictionReason;
import dev.freshet.cache.store.InMemoryBlobStore;
import dev.freshet.cache.store.StoreEvent;
import dev.freshet.cache.store.StoreException;
import dev.freshet.proxy.answer.CacheStatus;
import dev.freshet.proxy.http.RequestEnded;
import dev.freshet.proxy.log.LogQueue;
import dev.freshet.proxy.upstream.UpstreamEvent;
import dev.freshet.proxy.upstream.UpstreamEvent.RefreshReason;
import dev.freshet.proxy.upstream.UpstreamEvent.RequestKind;
import dev.freshet.proxy.upstream.guard.Health;
import dev.freshet.proxy.upstream.guard.RateLimit;
import dev.freshet.proxy.upstream.guard.RateLimits;
import dev.freshet.proxy.upstream.guard.RateLimits.AccountName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The list of metrics, the page about it, and what a scrape shows. */
class MetricsTest {

    private static final Path PAGE = Path.of("..", "docs", "metrics.md");
    private static final String COMMAND = "mvn -pl config,cache,proxy test -Dtest=MetricsTest"
            + " -Dsurefire.failIfNoSpecifiedTests=false -Dfreshet.docs.write=true";
    private static final RegistryHost LAB = new RegistryHost("lab");
    private static final Digest DIGEST = Digest.sha256(new byte[0]);

    @Test
    void thePageSaysWhatTheListSays() throws IOException {
        String page = MetricsPage.write();

        if (Boolean.getBoolean("freshet.docs.write")) {
            Files.writeString(PAGE, page);
        }

        assertThat(PAGE).as("docs/metrics.md is stale: write it anew with %s", COMMAND).exists().hasContent(page);
    }

    @Test
    void aScrapeShowsEveryMetricOfTheListAndNoOther() {
        Set<String> shown = new TreeSet<>();
        everythingHappens().lines().filter(line -> line.startsWith("# TYPE freshet_"))
                .map(line -> line.split(" ", -1)[2]).filter(name -> !name.endsWith("_max")).forEach(shown::add);

        assertThat(shown).isEqualTo(new TreeSet<>(
                Arrays.stream(Metric.values()).map(Metric::prometheusName).toList()));
    }

    @Test
    void aScrapeShowsLabelsInTheirPlace() {
        assertThat(everythingHappens()).contains(
                "freshet_requests_total{kind=\"other\",outcome=\"431\",upstream=\"\"} 1.0",
                "freshet_upstream_requests_total{kind=\"blob\",status=\"200\",upstream=\"lab\"} 1.0",
                "freshet_upstream_requests_total{kind=\"token\",status=\"none\",upstream=\"lab\"} 1.0",
                "freshet_digest_mismatches_total{upstream=\"lab\"} 1.0", "freshet_build_info{version=\"1.2.3\"} 1",
                "freshet_redirect_refreshes_total{reason=\"refused\",upstream=\"lab\"} 1.0",
                "freshet_fills_ended_total{end=\"digest-mismatch\"} 1.0",
                "freshet_evictions_total{reason=\"torn-image\"} 1.0",
                "freshet_evicted_bytes_total{reason=\"torn-image\"} 4096.0",
                "freshet_evictions_total{reason=\"space\"} 0.0", "freshet_store_writable 1.0",
                "freshet_upstream_held_back{upstream=\"lab\"} 1.0",
                "freshet_upstream_ratelimit_remaining{upstream=\"lab\"} 76.0",
                "freshet_upstream_ratelimit_limit{upstream=\"lab\"} 100.0",
                "freshet_upstream_ratelimit_holdoff_seconds{upstream=\"lab\"} 0.0",
                "freshet_request_seconds_bucket{kind=\"other\",le=\"0.005\"}");
    }

    private static String everythingHappens() {
        InMemoryBlobStore store = new InMemoryBlobStore();
        BlobOrigin origin = new Nowhere();
        try (Meters meters = new Meters("1.2.3");
                ContentCache cache = new ContentCache(store, Runnable::run, Runnable::run, meters)) {
            meters.watch(store, cache);
            meters.watchCredentials(LAB, () -> 1);
            meters.watch(new LogQueue());
            meters.watch(LAB,
                    () -> new Health(Health.State.HALF_OPEN, Instant.EPOCH, Optional.empty(), Optional.empty(),
                            Optional.empty()));
            meters.accept(new RequestEnded("127.0.0.1", "GET", "/", null, null, 431, CacheStatus.NONE,
                    RequestEnded.Outcome.COMPLETE, 100, Duration.ofMillis(3), null));
            meters.accept(new UpstreamEvent.Answered(LAB, RequestKind.BLOB, 200, Duration.ofMillis(3)));
            meters.accept(new UpstreamEvent.Unanswered(LAB, RequestKind.TOKEN, Duration.ofMillis(3)));
            meters.accept(new UpstreamEvent.Received(LAB, 100));
            meters.accept(new UpstreamEvent.Refreshing(LAB, RefreshReason.REFUSED, "403"));
            meters.accept(new UpstreamEvent.Resumed(LAB, 100));
            meters.accept(new UpstreamEvent.Limited(LAB, limits()));
            meters.accept(new UpstreamEvent.Limited(LAB, limits()));
            meters.accept(new FillEvent.Began(DIGEST, origin));
            meters.accept(new FillEvent.Ended(DIGEST, origin, new FillOutcome.DigestMismatch(DIGEST, DIGEST), 100));
            meters.accept(new StoreEvent.Damaged(DIGEST, "flipped"));
            meters.accept(new StoreEvent.Lost(3, 4096, "gone"));
            meters.accept(new StoreEvent.Failed(new StoreException("open failed")));
            meters.accept(new StoreEvent.Evicted(DIGEST, 4096, EvictionReason.INCOMPLETE_IMAGE));
            return meters.scrape();
        }
    }

    private static RateLimits limits() {
        RateLimits limits = new RateLimits(() -> 0, () -> 0.5);
        limits.read(AccountName.ANONYMOUS, new RateLimit(100, 76, Duration.ofHours(6)));
        return limits;
    }

    /** An origin that is never asked. */
    private static final class Nowhere implements BlobOrigin {

        @Override
        public Repository repository() {
            return new Repository(LAB, "app");
        }

        @Override
        public Transfer open(ByteRange wanted) {
            throw new IllegalStateException("never asked");
        }
    }
}
