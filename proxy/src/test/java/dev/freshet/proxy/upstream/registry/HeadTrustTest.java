package dev.freshet.proxy.upstream.registry;
import dev.freshet.cache.fill.FailureReason;
import dev.freshet.cache.fill.OriginException;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.name.Tag;
import dev.freshet.proxy.accept.Accept;
import dev.freshet.proxy.upstream.UpstreamEvent.RequestKind;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.document.ManifestCalls.ManifestHead;
import dev.freshet.proxy.upstream.guard.CircuitBreaker.Rejected;
import dev.freshet.proxy.upstream.guard.Failure;
import dev.freshet.proxy.upstream.registry.NegativeCache.Wanted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/** L-03: what makes an answer to HEAD believed, and what makes HEAD not worth asking. */
class HeadTrustTest {

    /** Shortly before the nanoseconds overflow, as they may. */
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000);
    private final HeadTrust heads = new HeadTrust(Duration.ofSeconds(10), nanos::get);

    @ParameterizedTest
    @EnumSource(FailureReason.class)
    @DisplayName("L-03: at first, what a registry answers is verified, and that it does not answer is believed")
    void atFirstAnswersAreVerified(FailureReason kind) {
        boolean isNoAnswer = kind == FailureReason.RATE_LIMITED || kind == FailureReason.UNREACHABLE
                || kind == FailureReason.STALLED;

        assertThat(believes(tag(1), failure(kind))).isEqualTo(isNoAnswer);
    }

    @Test
    void whatWasNotAskedOrIsToBeLeftAloneIsBelieved() {
        Duration wait = Duration.ofSeconds(9);

        assertThat(believes(tag(1), held(Failure.unavailable(), wait))).isTrue();
        assertThat(believes(tag(1), UpstreamException.remembered("no"))).isTrue();
        assertThat(believes(tag(1), new UpstreamException(FailureReason.SERVER_ERROR, "no", null, wait))).isTrue();
        assertThat(believes(tag(1), new UpstreamException(FailureReason.UNAUTHORIZED, "no", null, wait))).isTrue();
        assertThat(believes(tag(1), failure(FailureReason.SERVER_ERROR))).isFalse();
    }

    @ParameterizedTest
    @EnumSource(FailureReason.class)
    void onlyRefusalsThatGetConfirmsAreBelievedLater(FailureReason kind) {
        boolean isRefusal = kind == FailureReason.NOT_FOUND || kind == FailureReason.UNAUTHORIZED
                || kind == FailureReason.FORBIDDEN;
        worked(tag(0));

        confirm(1, kind);

        for (FailureReason other : List.of(FailureReason.NOT_FOUND, FailureReason.UNAUTHORIZED, FailureReason.FORBIDDEN,
                FailureReason.SERVER_ERROR)) {
            assertThat(believes(tag(2), failure(other))).isEqualTo(other == kind && isRefusal);
        }
    }

    @Test
    void aHeadThatHasNeverWorkedIsNeverBelieved() {
        confirm(1, FailureReason.NOT_FOUND);

        assertThat(believes(tag(2), failure(FailureReason.NOT_FOUND))).isFalse();
    }

    @Test
    void anotherRefusalConfirmsNothing() {
        worked(tag(0));
        believes(tag(1), failure(FailureReason.NOT_FOUND));

        heads.refused(tag(1), failure(FailureReason.FORBIDDEN));
        heads.refused(tag(1), failure(FailureReason.NOT_FOUND));

        assertThat(believes(tag(2), failure(FailureReason.NOT_FOUND))).isFalse();
        assertThat(believes(tag(2), failure(FailureReason.FORBIDDEN))).isFalse();
    }

    @Test
    @DisplayName("L-03: a believed absence is remembered for HEAD alone, for negative-ttl, or until there is something")
    void aBelievedAbsenceIsRemembered() {
        worked(tag(0));
        believes(tag(1), failure(FailureReason.NOT_FOUND));
        boolean unbelieved = heads.absence(tag(1)).isPresent();
        confirm(1, FailureReason.NOT_FOUND);
        believes(tag(2), failure(FailureReason.NOT_FOUND));
        believes(tag(3), failure(FailureReason.NOT_FOUND));

        Optional<UpstreamException> remembered = heads.absence(tag(2));
        heads.got(tag(3));
        Optional<UpstreamException> gone = heads.absence(tag(3));
        pass(Duration.ofSeconds(10));

        assertThat(unbelieved).isFalse();
        assertThat(remembered).hasValueSatisfying(failure -> {
            assertThat(failure.isRemembered()).isTrue();
            assertThat(failure)
                    .hasMessage("no, less than 10s ago (freshness.negative-ttl); try again after that");
        });
        assertThat(gone).isEmpty();
        assertThat(heads.absence(tag(2))).isEmpty();
    }

    @Test
    void beliefEndsAfterAnHour() {
        worked(tag(0));
        confirm(1, FailureReason.NOT_FOUND);

        pass(HeadTrust.BELIEVED.minusNanos(1));
        boolean within = believes(tag(2), failure(FailureReason.NOT_FOUND));
        pass(Duration.ofNanos(1));

        assertThat(within).isTrue();
        assertThat(believes(tag(3), failure(FailureReason.NOT_FOUND))).isFalse();
    }

    @Test
    void aContradictionIsNotForgottenForADay() {
        worked(tag(0));
        confirm(1, FailureReason.NOT_FOUND);
        believes(tag(2), failure(FailureReason.NOT_FOUND));

        heads.got(tag(2));
        boolean atOnce = believes(tag(3), failure(FailureReason.NOT_FOUND));
        pass(HeadTrust.DOUBTED.minusNanos(1));
        worked(tag(0));
        confirm(4, FailureReason.NOT_FOUND);
        boolean within = believes(tag(5), failure(FailureReason.NOT_FOUND));
        pass(Duration.ofNanos(1));
        confirm(6, FailureReason.NOT_FOUND);

        assertThat(List.of(atOnce, within)).containsOnly(false);
        assertThat(believes(tag(7), failure(FailureReason.NOT_FOUND))).isTrue();
    }

    @Test
    void aHeadThatNeverWorkedIsNotAskedForMinutesThenAnHour() {
        List<Long> minutes = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            contradict(i);
            minutes.add(pause().toMinutes());
        }

        assertThat(minutes).containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L);
    }

    @Test
    void oneThatHasWorkedIsGivenUpAtTheSecondContradictionInARow() {
        worked(tag(0));
        contradict(1);
        boolean afterOne = heads.next();
        worked(tag(2));
        contradict(3);
        boolean afterOneMore = heads.next();
        contradict(4);

        assertThat(List.of(afterOne, afterOneMore)).containsOnly(true);
        assertThat(heads.next()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(value = FailureReason.class, names = {"UNREACHABLE", "STALLED"})
    void afterSilenceTheNextIsAGetOnceUnlessHeadHasWorked(FailureReason kind) {
        believes(tag(1), failure(kind));
        List<Boolean> never = List.of(heads.next(), heads.next());
        worked(tag(2));
        believes(tag(1), failure(kind));

        assertThat(never).containsExactly(false, true);
        assertThat(heads.next()).isTrue();
    }

    @Test
    void aGetThatWorksAfterSilenceIsAContradiction() {
        believes(tag(1), failure(FailureReason.STALLED));
        heads.next();
        heads.got(tag(1));

        assertThat(pause()).isEqualTo(HeadTrust.FIRST_PAUSE);
    }

    @Test
    void whatWasHeldBackIsNoSilence() {
        believes(tag(1), held(new Failure(FailureReason.STALLED, "no", Optional.empty()), Duration.ofSeconds(1)));

        assertThat(heads.next()).isTrue();
    }

    @Test
    void contradictionsAtTheSameTimeCountOnce() {
        IntStream.range(0, 50).forEach(i -> believes(tag(i), failure(FailureReason.BAD_ANSWER)));
        IntStream.range(0, 50).forEach(i -> heads.got(tag(i)));

        assertThat(pause()).isEqualTo(HeadTrust.FIRST_PAUSE);
    }

    @Test
    void aGetAMinuteLaterContradictsNothing() {
        believes(tag(1), failure(FailureReason.NOT_FOUND));
        pass(Duration.ofMinutes(1));

        heads.got(tag(1));

        assertThat(heads.next()).isTrue();
    }

    @Test
    @DisplayName("L-03: what is noted of a manifest is short, however much its client takes")
    void keysAreShort() {
        Repository repository = new Repository(new RegistryHost("lab"), "app");
        List<String> long64 = IntStream.range(0, 64).mapToObj(i -> "a".repeat(120) + "/" + "b".repeat(100) + i)
                .toList();
        Accept accept = Accept.of(long64);

        Wanted wanted = Registry.manifestOf(repository, new Tag("t".repeat(128)), accept);

        assertThat(accept.toString().length()).isGreaterThan(10_000);
        assertThat(wanted.name().length()).isLessThan(256);
        assertThat(wanted).isEqualTo(Registry.manifestOf(repository, new Tag("t".repeat(128)),
                Accept.of(long64.reversed())));
    }

    /** Lets HEAD fail; whether that is believed. */
    private boolean believes(Wanted wanted, UpstreamException failure) {
        try {
            return heads.ask(wanted, () -> {
                throw failure;
            }).isPresent();
        } catch (HeadTrust.RefusedByHeadException e) {
            return isBelieved(e, failure);
        } catch (OriginException e) {
            assertThat(e).isSameAs(failure);
            return true;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean isBelieved(HeadTrust.RefusedByHeadException refused, UpstreamException failure) {
        try {
            assertThat(refused.unlessBelieved()).isEmpty();
            return false;
        } catch (UpstreamException e) {
            assertThat(e).isSameAs(failure);
            return true;
        }
    }

    private void worked(Wanted wanted) {
        ManifestHead head = new ManifestHead(Digest.sha256(new byte[0]), "", OptionalLong.empty());
        try {
            assertThat(heads.ask(wanted, () -> head)).contains(head);
        } catch (OriginException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void confirm(int number, FailureReason kind) {
        believes(tag(number), failure(kind));
        heads.refused(tag(number), failure(kind));
    }

    private void contradict(int number) {
        believes(tag(number), failure(FailureReason.NOT_FOUND));
        heads.got(tag(number));
    }

    /** Lets the time pass until HEAD is asked again. */
    private Duration pause() {
        Duration passed = Duration.ZERO;
        while (!heads.next()) {
            pass(Duration.ofSeconds(1));
            passed = passed.plusSeconds(1);
        }
        return passed;
    }

    private void pass(Duration duration) {
        nanos.addAndGet(duration.toNanos());
    }

    private static UpstreamException failure(FailureReason kind) {
        return new UpstreamException(kind, "no");
    }

    private static Wanted tag(int number) {
        return new Wanted(RequestKind.MANIFEST, new Repository(new RegistryHost("lab"), "app"), "t" + number);
    }

    private static UpstreamException held(Failure last, Duration wait) {
        return UpstreamException.heldBack("no", new Rejected(last, wait));
    }
}
