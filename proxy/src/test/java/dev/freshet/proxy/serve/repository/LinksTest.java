package dev.freshet.proxy.serve.repository;

import dev.freshet.cache.catalog.ContentKind;
import dev.freshet.cache.catalog.InMemoryCatalog;
import dev.freshet.cache.catalog.Link;
import dev.freshet.cache.fresh.Freshness;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.store.Event;
import dev.freshet.cache.store.StoreException;
import dev.freshet.proxy.upstream.Upstream;
import dev.freshet.proxy.upstream.registry.Registry;
import dev.freshet.testbed.ManualClock;
import dev.freshet.testbed.proxy.ManualScheduler;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Links of earlier releases, of a store that cannot be written, and confirmations beside requests. */
class LinksTest {

    private static final Repository APP = new Repository(new RegistryHost("lab"), "app");
    private static final Digest DIGEST = Digest.sha256(new byte[0]);
    private static final Links.Held HELD = new Links.Held(APP, ContentKind.BLOB, DIGEST);
    private static final Link UNDATED = new Link(ContentKind.BLOB, "type", OptionalLong.of(1));

    private final InMemoryCatalog catalog = new InMemoryCatalog();
    private final ManualClock clock = new ManualClock();
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final Registry registry = registry();
    private final Registries registries = new Registries(Map.of(APP.registry(), new Registries.Entry(registry,
            new Freshness.Policy(Duration.ofMinutes(1), Duration.ofDays(30)))));
    private Links links = start();

    @AfterEach
    void close() {
        registry.close();
    }

    @Test
    @DisplayName("L-12: a link of an earlier release counts as confirmed when the process started that first saw it")
    void aLinkWithoutATimeIsDatedOnce() throws StoreException {
        catalog.putLinks(APP, Map.of(DIGEST, UNDATED));
        clock.advance(Duration.ofDays(2));
        Freshness first = links.freshness(APP, links.find(HELD).orElseThrow());
        clock.advance(Duration.ofDays(4));
        links = start();
        Freshness restarted = links.freshness(APP, links.find(HELD).orElseThrow());
        clock.advance(Duration.ofDays(1));

        Freshness over = links.freshness(APP, links.find(HELD).orElseThrow());

        assertThat(List.of(first, restarted)).containsOnly(Freshness.FRESH);
        assertThat(over).isEqualTo(Freshness.AGEING);
    }

    @Test
    void withoutADiskToNoteItALinkWithoutATimeAgesAllTheSame() throws StoreException {
        catalog.putLinks(APP, Map.of(DIGEST, UNDATED));
        Link read = catalog.link(APP, ContentKind.BLOB, DIGEST).orElseThrow();
        clock.advance(Duration.ofDays(8));

        assertThat(links.freshness(APP, read)).isEqualTo(Freshness.STALE);
        assertThat(links.isDue(APP, read)).isTrue();
    }

    @Test
    void aConfirmationIsWorthNotingAfterHalfTheTtlAndWhenItIsFromTheFuture() {
        links.put(APP, Map.of(DIGEST, UNDATED));
        Link noted = links.find(HELD).orElseThrow();
        boolean atOnce = links.isDue(APP, noted);
        clock.advance(Duration.ofHours(84));
        boolean later = links.isDue(APP, noted);
        clock.advance(Duration.ofDays(-30));

        assertThat(atOnce).isFalse();
        assertThat(later).isTrue();
        assertThat(links.isDue(APP, noted)).isTrue();
    }

    @Test
    void oneConfirmationOfALinkRunsAtATimeAlsoAfterADefect() {
        AtomicInteger asked = new AtomicInteger();
        links.confirmBeside(HELD, asked::incrementAndGet);
        links.confirmBeside(HELD, asked::incrementAndGet);
        assertThat(tasks).hasSize(1);
        tasks.remove().run();

        links.confirmBeside(HELD, () -> {
            throw new IllegalStateException("made to fail");
        });
        tasks.remove().run();
        links.confirmBeside(HELD, asked::incrementAndGet);
        tasks.remove().run();

        assertThat(asked).hasValue(2);
    }

    @Test
    void whileItStopsNothingIsBegun() {
        Links stopping = new Links(registries, new Facts(catalog, LinksTest::unexpected), task -> {
            throw new RejectedExecutionException("stopping");
        }, clock);

        stopping.confirmBeside(HELD, () -> {
            throw new AssertionError("was asked");
        });

        assertThat(tasks).isEmpty();
    }

    private Links start() {
        return new Links(registries, new Facts(catalog, LinksTest::unexpected), tasks::add, clock);
    }

    private static Registry registry() {
        ManualScheduler pace = new ManualScheduler();
        try {
            return new Registry(Upstream.at(APP.registry(), URI.create("http://127.0.0.1:1"), List.of(), List.of(),
                    List.of(), Optional.empty()), Duration.ofSeconds(60), Duration.ofSeconds(30), Duration.ZERO,
                    event -> {}, new ManualClock(), pace, Runnable::run);
        } catch (IOException e) {
            throw new AssertionError("no registry", e);
        }
    }

    private static void unexpected(Event event) {
        throw new AssertionError("the catalog works and nothing is read: " + event);
    }
}
