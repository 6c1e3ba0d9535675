package dev.freshet.proxy.upstream.registry;

import dev.freshet.cache.fill.FailureReason;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.name.Repository;
import dev.freshet.proxy.upstream.Upstream;
import dev.freshet.proxy.upstream.UpstreamEvent.RequestKind;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.registry.NegativeCache.Wanted;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What is remembered of what a registry does not have, and how much. */
class NegativeCacheTest {

    private static final RegistryHost LAB = new RegistryHost("lab");

    private final NegativeCache absences = new NegativeCache(
            Upstream.at(LAB, URI.create("https://lab"), List.of(), List.of(),
                    List.of(), Optional.empty()),
            Duration.ofSeconds(10), Duration.ZERO, AbsenceNotes.NONE, InstantSource.fixed(Instant.EPOCH), () -> 0);
    private final AtomicInteger asked = new AtomicInteger();

    @Test
    void noMoreThanTenThousandAreRemembered() {
        IntStream.range(0, 50_000).forEach(i -> fail(tag(i), FailureReason.NOT_FOUND));

        long remembered = IntStream.range(0, 50_000).filter(i -> absences.find(tag(i), "GET").isPresent()).count();

        assertThat(remembered).isPositive().isLessThanOrEqualTo(10_000);
    }

    @ParameterizedTest
    @EnumSource(FailureReason.class)
    void onlyTheRegistrysWordThatThereIsNoneIsRemembered(FailureReason kind) {
        fail(tag(1), kind);
        fail(tag(1), kind);

        assertThat(asked).hasValue(kind == FailureReason.NOT_FOUND ? 1 : 2);
    }

    @Test
    void whatIsThereIsNotRemembered() throws Exception {
        for (int i = 0; i < 3; i++) {
            absences.ask(tag(1), "GET", asked::incrementAndGet);
        }

        assertThat(asked).hasValue(3);
    }

    private void fail(Wanted wanted, FailureReason kind) {
        assertThatExceptionOfType(UpstreamException.class).isThrownBy(() -> absences.ask(wanted, "GET", () -> {
            asked.incrementAndGet();
            throw new UpstreamException(kind, "no");
        }));
    }

    private static Wanted tag(int number) {
        return new Wanted(RequestKind.MANIFEST, new Repository(LAB, "app"), "t" + number);
    }
}
