package dev.freshet.proxy.upstream;

import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.name.Tag;
import dev.freshet.proxy.accept.Accept;
import dev.freshet.proxy.upstream.Absences.Wanted;
import dev.freshet.proxy.upstream.UpstreamEvents.RequestKind;
import dev.freshet.proxy.upstream.UpstreamException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
    private final HeadTrust heads = new HeadTrust(nanos::get);

    @ParameterizedTest
    @EnumSource(Kind.class)
    @DisplayName("L-03: at first, what a registry answers is verified, and that it does not answer is believed")
    void atFirstAnswersAreVerified(Kind kind) {
        boolean isNoAnswer = kind == Kind.RATE_LIMITED || kind == Kind.UNREACHABLE || kind == Kind.STALLED;

        assertThat(heads.believes(tag(1), failure(kind))).isEqualTo(isNoAnswer);
    }

    @Test
    void whatWasNotAskedOrIsToBeLeftAloneIsBelieved() {
        Duration wait = Duration.ofSeconds(9);

        assertThat(heads.believes(tag(1), UpstreamException.heldOff(Kind.SERVER_ERROR, "no", wait))).isTrue();
        assertThat(heads.believes(tag(1), UpstreamException.remembered("no"))).isTrue();
        assertThat(heads.believes(tag(1), new UpstreamException(Kind.SERVER_ERROR, "no", null, wait))).isTrue();
        assertThat(heads.believes(tag(1), failure(Kind.SERVER_ERROR))).isFalse();
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void onlyRefusalsThatGetConfirmsAreBelievedLater(Kind kind) {
        boolean isRefusal = kind == Kind.NOT_FOUND || kind == Kind.UNAUTHORIZED || kind == Kind.FORBIDDEN;
        heads.worked(tag(0));

        confirm(1, kind);

        for (Kind other : List.of(Kind.NOT_FOUND, Kind.UNAUTHORIZED, Kind.FORBIDDEN, Kind.SERVER_ERROR)) {
            assertThat(heads.believes(tag(2), failure(other))).isEqualTo(other == kind && isRefusal);
        }
    }

    @Test
    void aHeadThatHasNeverWorkedIsNeverBelieved() {
        confirm(1, Kind.NOT_FOUND);

        assertThat(heads.believes(tag(2), failure(Kind.NOT_FOUND))).isFalse();
    }

    @Test
    void anotherRefusalConfirmsNothing() {
        heads.worked(tag(0));
        heads.believes(tag(1), failure(Kind.NOT_FOUND));

        heads.refused(tag(1), failure(Kind.FORBIDDEN));
        heads.refused(tag(1), failure(Kind.NOT_FOUND));

        assertThat(heads.believes(tag(2), failure(Kind.NOT_FOUND))).isFalse();
        assertThat(heads.believes(tag(2), failure(Kind.FORBIDDEN))).isFalse();
    }

    @Test
    void beliefEndsAfterAnHour() {
        heads.worked(tag(0));
        confirm(1, Kind.NOT_FOUND);

        pass(HeadTrust.BELIEVED.minusNanos(1));
        boolean within = heads.believes(tag(2), failure(Kind.NOT_FOUND));
        pass(Duration.ofNanos(1));

        assertThat(within).isTrue();
        assertThat(heads.believes(tag(3), failure(Kind.NOT_FOUND))).isFalse();
    }

    @Test
    void aContradictionIsNotForgottenForADay() {
        heads.worked(tag(0));
        confirm(1, Kind.NOT_FOUND);
        heads.believes(tag(2), failure(Kind.NOT_FOUND));

        heads.got(tag(2));
        boolean atOnce = heads.believes(tag(3), failure(Kind.NOT_FOUND));
        pass(HeadTrust.DOUBTED.minusNanos(1));
        heads.worked(tag(0));
        confirm(4, Kind.NOT_FOUND);
        boolean within = heads.believes(tag(5), failure(Kind.NOT_FOUND));
        pass(Duration.ofNanos(1));
        confirm(6, Kind.NOT_FOUND);

        assertThat(List.of(atOnce, within)).containsOnly(false);
        assertThat(heads.believes(tag(7), failure(Kind.NOT_FOUND))).isTrue();
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
        heads.worked(tag(0));
        contradict(1);
        boolean afterOne = heads.next();
        heads.worked(tag(2));
        contradict(3);
        boolean afterOneMore = heads.next();
        contradict(4);

        assertThat(List.of(afterOne, afterOneMore)).containsOnly(true);
        assertThat(heads.next()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(value = Kind.class, names = {"UNREACHABLE", "STALLED"})
    void afterSilenceTheNextIsAGetOnceUnlessHeadHasWorked(Kind kind) {
        heads.believes(tag(1), failure(kind));
        List<Boolean> never = List.of(heads.next(), heads.next());
        heads.worked(tag(2));
        heads.believes(tag(1), failure(kind));

        assertThat(never).containsExactly(false, true);
        assertThat(heads.next()).isTrue();
    }

    @Test
    void aGetThatWorksAfterSilenceIsAContradiction() {
        heads.believes(tag(1), failure(Kind.STALLED));
        heads.next();
        heads.got(tag(1));

        assertThat(pause()).isEqualTo(HeadTrust.FIRST_PAUSE);
    }

    @Test
    void whatWasHeldBackIsNoSilence() {
        heads.believes(tag(1), UpstreamException.heldOff(Kind.STALLED, "no", Duration.ofSeconds(1)));

        assertThat(heads.next()).isTrue();
    }

    @Test
    void contradictionsAtTheSameTimeCountOnce() {
        IntStream.range(0, 50).forEach(i -> heads.saidNothing(tag(i)));
        IntStream.range(0, 50).forEach(i -> heads.got(tag(i)));

        assertThat(pause()).isEqualTo(HeadTrust.FIRST_PAUSE);
    }

    @Test
    void aGetAMinuteLaterContradictsNothing() {
        heads.believes(tag(1), failure(Kind.NOT_FOUND));
        pass(Duration.ofMinutes(1));

        heads.got(tag(1));

        assertThat(heads.next()).isTrue();
    }

    @Test
    @DisplayName("L-17: what is noted of a manifest is short, whatever its client takes")
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

    private void confirm(int number, Kind kind) {
        heads.believes(tag(number), failure(kind));
        heads.refused(tag(number), failure(kind));
    }

    private void contradict(int number) {
        heads.believes(tag(number), failure(Kind.NOT_FOUND));
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

    private static UpstreamException failure(Kind kind) {
        return new UpstreamException(kind, "no");
    }

    private static Wanted tag(int number) {
        return new Wanted(RequestKind.MANIFEST, new Repository(new RegistryHost("lab"), "app"), "t" + number);
    }
}
