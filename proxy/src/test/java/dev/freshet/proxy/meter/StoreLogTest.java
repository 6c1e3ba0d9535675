package dev.freshet.proxy.meter;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.EvictionReason;
import dev.freshet.cache.store.StoreEvent;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/** What the log tells of a store, however much happens in it. */
class StoreLogTest {

    private static final Digest DIGEST = Digest.sha256(new byte[0]);

    private final Logger logger = (Logger) LoggerFactory.getLogger("store");
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private long nanos;
    private final StoreLog log = new StoreLog(() -> nanos);

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
        logger.setAdditive(false);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(lines);
        logger.setAdditive(true);
    }

    @Test
    @DisplayName("O-11: evictions have one line in ten seconds, which sums them up")
    void evictionsAreSummedUp() {
        for (int i = 0; i < 10_000; i++) {
            log.log(new StoreEvent.Evicted(DIGEST, 1 << 20,
                    i < 9_000 ? EvictionReason.SPACE : EvictionReason.INCOMPLETE_IMAGE));
        }
        pass(Duration.ofSeconds(10));
        log.log(new StoreEvent.Evicted(DIGEST, 1 << 20, EvictionReason.SPACE));

        assertThat(messages()).containsExactly("evicted 1 blobs, 1MiB: 1 space",
                "evicted 10000 blobs, 9.8GiB: 9000 space, 1000 torn-image");
        assertThat(lines.list).extracting(ILoggingEvent::getLevel).containsOnly(Level.INFO);
    }

    @Test
    void evictionsThatNoLineHasToldOfAreToldAtTheEnd() {
        log.log(new StoreEvent.Evicted(DIGEST, 1000, EvictionReason.SPACE));
        log.log(new StoreEvent.Evicted(DIGEST, 500, EvictionReason.SPACE));

        log.close();
        log.close();

        assertThat(messages()).containsExactly("evicted 1 blobs, 1000B: 1 space", "evicted 1 blobs, 500B: 1 space");
    }

    @Test
    void aDiskThatIsFullBeforeTheLimitIsAWarning() {
        log.log(new StoreEvent.Evicted(DIGEST, 1000, EvictionReason.DISK_FULL));

        assertThat(messages()).containsExactly("evicted 1 blobs, 1000B: 1 disk-full");
        assertThat(lines.list.getFirst().getLevel()).isEqualTo(Level.WARN);
    }

    @Test
    @DisplayName("L-21: lost blobs are an error, as the store says it")
    void lostBlobsAreAnError() {
        log.log(new StoreEvent.Lost(12, 4096, "12 contents have no record in the index"));

        assertThat(messages()).containsExactly("12 contents have no record in the index");
        assertThat(lines.list.getFirst().getLevel()).isEqualTo(Level.ERROR);
    }

    @Test
    @DisplayName("O-11: damage has one line in ten seconds, which counts the rest")
    void damageIsCounted() {
        for (int i = 0; i < 1000; i++) {
            log.log(new StoreEvent.Damaged(DIGEST, "read of " + i + " failed"));
        }
        pass(Duration.ofSeconds(10));
        log.log(new StoreEvent.Damaged(DIGEST, "read of the last failed"));
        log.log(new StoreEvent.Damaged(DIGEST, "read of one more failed"));
        log.close();

        assertThat(messages()).containsExactly("read of 0 failed",
                "read of the last failed; and 999 similar ones before",
                "1 more damaged blobs");
        assertThat(lines.list).extracting(ILoggingEvent::getLevel).containsOnly(Level.WARN);
    }

    @Test
    void aStoreThatTakesNothingMoreIsLoud() {
        log.log(new StoreEvent.Unwritable("the disk is full"));
        log.log(new StoreEvent.Writable());

        assertThat(messages())
                .containsExactly("cache is read-only: the disk is full; cached content is served, everything"
                        + " else is streamed without caching", "cache is writable again: new content is stored");
        assertThat(lines.list).extracting(ILoggingEvent::getLevel).containsExactly(Level.ERROR, Level.WARN);
    }

    private void pass(Duration duration) {
        nanos += duration.toNanos();
    }

    private List<String> messages() {
        return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }
}
