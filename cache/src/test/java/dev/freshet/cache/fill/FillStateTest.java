package dev.freshet.cache.fill;

import dev.freshet.cache.fill.FillState.Phase;
import dev.freshet.cache.store.ByteRanges;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** The phases of a fill as a table, and what readers may have in them, without threads. */
class FillStateTest {

    private static final Map<Phase, Consumer<FillState>> WAYS = Map.of(
            Phase.OPENING, state -> {},
            Phase.RANGES, FillStateTest::begin,
            Phase.WHOLE, state -> {
                state.wantWhole();
                begin(state);
            },
            Phase.PASSING_THROUGH, state -> {
                begin(state);
                state.passThrough();
            },
            Phase.VERIFIED, state -> {
                state.wantWhole();
                begin(state);
                state.verify(100);
            },
            Phase.ENDED, state -> state.end(new FillOutcome.Aborted()));

    private final FillState state = new FillState(Fetching.with(1, () -> 0));

    /** Each row: a phase, and the phases after each event; {@code -} where the event is a defect. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            # phase          | begin           | want whole      | pass through    | verify   | end
            OPENING          | RANGES          | OPENING         | -               | -        | ENDED
            RANGES           | RANGES          | WHOLE           | PASSING_THROUGH | -        | ENDED
            WHOLE            | WHOLE           | WHOLE           | PASSING_THROUGH | VERIFIED | ENDED
            PASSING_THROUGH  | PASSING_THROUGH | PASSING_THROUGH | PASSING_THROUGH | VERIFIED | ENDED
            VERIFIED         | VERIFIED        | VERIFIED        | -               | VERIFIED | ENDED
            ENDED            | ENDED           | ENDED           | ENDED           | ENDED    | ENDED
            """)
    void eachEventLeadsFromEachPhaseToOneOther(Phase from, String begin, String wantWhole, String passThrough,
            String verify, String end) {
        assertLeads(from, FillStateTest::begin, begin);
        assertLeads(from, FillState::wantWhole, wantWhole);
        assertLeads(from, FillState::passThrough, passThrough);
        assertLeads(from, state -> state.verify(100), verify);
        assertLeads(from, state -> state.end(new FillOutcome.Aborted()), end);
    }

    private static void assertLeads(Phase from, Consumer<FillState> event, String to) {
        FillState state = in(from);
        if (to.equals("-")) {
            assertThatIllegalStateException().isThrownBy(() -> event.accept(state));
        } else {
            event.accept(state);
            assertThat(state.phase()).isEqualTo(Phase.valueOf(to));
        }
    }

    @ParameterizedTest
    @EnumSource(Phase.class)
    void everyPhaseIsReachedFromTheFirstAndLeadsToTheLast(Phase phase) {
        assertThat(in(phase).phase()).isEqualTo(phase);
        assertThat(phase == Phase.ENDED || phase.next().contains(Phase.ENDED)).isTrue();
    }

    @Test
    void thePackagesDrawingIsTheTable() throws IOException {
        Set<String> table = new TreeSet<>();
        EnumSet.allOf(Phase.class).forEach(from -> from.next().forEach(to -> table.add(from + " -> " + to)));

        Matcher arrows = Pattern.compile("^ \\* +([A-Z_]+) -> ([A-Z_, ]+)$", Pattern.MULTILINE).matcher(
                Files.readString(Path.of("src/main/java/dev/freshet/cache/fill/package-info.java")));
        Set<String> drawn = new TreeSet<>();
        while (arrows.find()) {
            List.of(arrows.group(2).split(", ")).forEach(to -> drawn.add(arrows.group(1) + " -> " + to));
        }

        assertThat(drawn).isEqualTo(table);
    }

    @Test
    void aFillThatIsWantedWholeBeforeItBeginsBringsTheWhole() {
        state.wantWhole();
        begin(state);

        assertThat(state.phase()).isEqualTo(Phase.WHOLE);
    }

    @Test
    void onlyTheFirstEndCounts() {
        assertThat(state.end(new FillOutcome.Aborted())).isTrue();
        assertThat(state.end(new FillOutcome.Complete(100))).isFalse();

        assertThat(state.outcome()).isEqualTo(new FillOutcome.Aborted());
        assertThat(state.announced()).isNull();
        state.announce();
        assertThat(state.announced()).isEqualTo(new FillOutcome.Aborted());
    }

    /** Each pair of ways to end a fill that brings the whole and has no readers. */
    static Stream<Arguments> pairsOfEnds() {
        List<FillOutcome> ends = List.of(
                new FillOutcome.OriginFailed(new OriginException(FailureReason.NOT_FOUND, "404", null)),
                new FillOutcome.TookTooLong(FillKit.DIGEST, Duration.ofDays(1)), new FillOutcome.Abandoned("a test"),
                new FillOutcome.Aborted(), new FillOutcome.Complete(100));
        return ends.stream().flatMap(first -> ends.stream().map(second -> Arguments.of(first, second)));
    }

    @ParameterizedTest
    @MethodSource("pairsOfEnds")
    void whereTwoEndsMeetTheFirstCountsAndIsTakenByOneCallerAndReadersHaveWhatIsVerified(FillOutcome first,
            FillOutcome second) {
        FillState met = in(Phase.WHOLE);
        assertThat(met.takeEnd()).isNull();

        end(met, first);
        end(met, second);

        assertThat(met.outcome()).isEqualTo(first);
        assertThat(met.takeEnd()).isEqualTo(first);
        assertThat(met.takeEnd()).isNull();
        met.announce();
        assertThat(met.announced()).isEqualTo(second instanceof FillOutcome.Complete ? second : first);
    }

    private static void end(FillState state, FillOutcome with) {
        if (with instanceof FillOutcome.Complete complete) {
            state.verify(complete.length());
        }
        if (with instanceof FillOutcome.Abandoned) {
            state.endUnlessJoined(with);
        } else {
            state.end(with);
        }
    }

    @Test
    void theLastByteOfAKnownLengthIsWithheldUntilTheDigestIsVerified() {
        state.wantWhole();
        begin(state);
        state.answer(OptionalLong.of(100));

        state.arrive(0, 100);
        assertThat(state.published()).isEqualTo(99);
        state.verify(100);
        assertThat(state.published()).isEqualTo(100);
        assertThat(state.announced()).isEqualTo(new FillOutcome.Complete(100));
    }

    @Test
    void theLastReadOfAnUnknownLengthIsWithheldUntilMoreComes() {
        begin(state);
        state.answer(OptionalLong.empty());

        state.arrive(0, 60);
        assertThat(state.published()).isZero();
        assertThat(state.goOn()).isTrue();
        assertThat(state.published()).isEqualTo(60);
    }

    @Test
    void bytesThatAnEarlierFillHasLeftCountOnceTheyAreHashed() {
        ByteRanges left = new ByteRanges();
        left.add(0, 50);
        state.begin(left, 1, OptionalLong.of(100));

        assertThat(state.published()).isZero();
        state.hash(30);
        assertThat(state.published()).isEqualTo(30);
        state.hash(50);
        state.arrive(50, 70);
        assertThat(state.published()).isEqualTo(70);
    }

    @Test
    void whatWasVerifiedBeforeAnEndIsAnnouncedIsReadToItsEnd() {
        state.wantWhole();
        begin(state);
        state.end(new FillOutcome.Aborted());

        state.verify(100);
        state.announce();

        assertThat(state.announced()).isEqualTo(new FillOutcome.Complete(100));
        assertThat(state.outcome()).isEqualTo(new FillOutcome.Aborted());
    }

    @Test
    void aFillForRangesClosesAtItsSlowestReaderAndOneForTheWholeDoesNot() {
        assertThat(state.closeAtSlowest()).hasValue(Long.MAX_VALUE);
        assertThat(state.isJoinable()).isFalse();

        FillState whole = in(Phase.WHOLE);
        assertThat(whole.closeAtSlowest()).isEmpty();
        assertThat(whole.isJoinable()).isTrue();
    }

    private static FillState in(Phase phase) {
        FillState state = new FillState(Fetching.with(1, () -> 0));
        WAYS.getOrDefault(phase, unknown -> {}).accept(state);
        return state;
    }

    private static void begin(FillState state) {
        state.begin(new ByteRanges(), 1, OptionalLong.empty());
    }
}
