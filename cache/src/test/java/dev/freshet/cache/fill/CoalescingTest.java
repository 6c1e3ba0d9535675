package dev.freshet.cache.fill;

import dev.freshet.cache.fill.Step.End;
import dev.freshet.cache.name.Digest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

import static dev.freshet.cache.fill.ScriptedOrigin.head;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** One fill per digest, in any order in which readers come and leave: the fault cases C-03 and C-05, and more. */
class CoalescingTest extends FillKit {

    @Test
    void anyNumberOfOpenersAtOnceShareOneFill() throws Exception {
        int openers = 50;
        CyclicBarrier together = new CyclicBarrier(openers);
        List<Future<byte[]>> bodies = new ArrayList<>();
        Callable<byte[]> opener = () -> {
            together.await();
            try (Content content = openContent()) {
                return Reading.toEnd(content);
            }
        };

        for (int i = 0; i < openers; i++) {
            bodies.add(threads.submit(opener));
        }
        origin.thenAll(CONTENT);

        for (Future<byte[]> body : bodies) {
            assertThat(body.get()).isEqualTo(CONTENT);
        }
        assertThat(origin.opens()).isEqualTo(1);
        assertThat(listener.begun()).containsExactly(DIGEST);
    }

    @Test
    void theFirstLeadsTheSecondJoinsAndWhoComesAfterFindsItStored() throws Exception {
        Lookup first = open();
        Lookup second = open();
        origin.thenAll(CONTENT);
        Reading.toEnd(Reading.content(second));
        listener.awaitEnd();
        Lookup third = open();

        assertThat(first).isInstanceOf(Lookup.Started.class);
        assertThat(second).isInstanceOfSatisfying(Lookup.Joined.class,
                joined -> assertThat(joined.leader()).isEqualTo(ScriptedOrigin.REPOSITORY));
        assertThat(third).isInstanceOf(Lookup.Stored.class);
        for (Lookup lookup : List.of(first, second, third)) {
            try (Content content = Reading.content(lookup)) {
                assertThat(Reading.toEnd(content)).isEqualTo(CONTENT);
            }
        }
    }

    @Test
    void fillsOfDifferentDigestsDoNotWaitForEachOther() throws Exception {
        byte[] other = {1, 2, 3};
        ScriptedOrigin otherOrigin = new ScriptedOrigin().thenAll(other);

        try (Content waiting = openContent();
                Content quick = Reading
                        .content(cache.open(Digest.sha256(other), OptionalLong.empty(), otherOrigin))) {
            assertThat(Reading.toEnd(quick)).isEqualTo(other);
            origin.thenAll(CONTENT);
            assertThat(Reading.toEnd(waiting)).isEqualTo(CONTENT);
        }
    }

    @Test
    void aLateJoinerReadsFromByteZeroWhatHasComeSoFar() throws Exception {
        origin.then(head(CONTENT.length), bytes(0, 200_000));
        try (Content leader = openContent()) {
            Reading.awaitReadable(leader, 199_999);

            try (Content joiner = openContent()) {
                assertThat(Reading.available(joiner, 0)).isEqualTo(Arrays.copyOf(CONTENT, 200_000));
                origin.then(bytes(200_000, CONTENT.length), new End());
                assertThat(Reading.toEnd(joiner)).isEqualTo(CONTENT);
            }
        }
    }

    @Test
    void findNeverBeginsAFillAndJoinsOneThatRuns() throws Exception {
        assertThat(cache.find(DIGEST)).isEmpty();

        try (Content leader = openContent(); Content joiner = Reading.content(cache.find(DIGEST).orElseThrow())) {
            origin.thenAll(CONTENT);

            assertThat(Reading.toEnd(joiner)).isEqualTo(CONTENT);
            assertThat(Reading.toEnd(leader)).isEqualTo(CONTENT);
        }
        try (Content stored = Reading.content(cache.find(DIGEST).orElseThrow())) {
            assertThat(Reading.toEnd(stored)).isEqualTo(CONTENT);
        }
    }

    @Test
    void theFillGoesOnWhenTheFirstReaderLeaves() throws Exception {
        origin.then(head(CONTENT.length), bytes(0, 1000));
        Content leader = openContent();
        try (Content joiner = openContent()) {
            Reading.awaitReadable(leader, 0);

            leader.close();
            origin.then(bytes(1000, CONTENT.length), new End());

            assertThat(Reading.toEnd(joiner)).isEqualTo(CONTENT);
        }
    }

    @Test
    void theFillGoesOnWhenAllReadersLeave() throws Exception {
        origin.then(head(CONTENT.length), bytes(0, 1000));
        Content leader = openContent();
        Reading.awaitReadable(leader, 0);

        leader.close();
        leader.close();
        assertThat(cache.fillReaders()).isZero();
        assertThat(cache.fills()).isEqualTo(1);
        origin.then(bytes(1000, CONTENT.length), new End());

        assertThat(listener.awaitEnd()).isEqualTo(new FillOutcome.Complete(CONTENT.length));
        assertThat(isStored(DIGEST)).isTrue();
    }

    @Test
    void aSlowReaderDoesNotHoldUpOthers() throws Exception {
        try (Content slow = openContent(); Content fast = openContent()) {
            origin.thenAll(CONTENT);

            assertThat(Reading.toEnd(fast)).isEqualTo(CONTENT);
            assertThat(Reading.toEnd(slow)).isEqualTo(CONTENT);
        }
    }

    @Test
    void readersAreCountedWhileTheFillRuns() throws Exception {
        Content first = openContent();
        Content second = openContent();
        assertThat(cache.fillReaders()).isEqualTo(2);

        second.close();

        assertThat(cache.fillReaders()).isEqualTo(1);
        origin.thenAll(CONTENT);
        Reading.toEnd(first);
        first.close();
    }

    @Test
    void aRejectedFillIsDeclinedAndLeavesNothingBehind() throws Exception {
        ContentCache full = new ContentCache(store, task -> {
            throw new RejectedExecutionException("full");
        }, Runnable::run, listener);

        assertThat(full.open(DIGEST, OptionalLong.empty(), origin)).isInstanceOf(Lookup.Rejected.class);

        assertThat(full.fills()).isZero();
        assertThat(origin.opens()).isZero();
        assertThat(full.open(DIGEST, OptionalLong.empty(), origin)).isInstanceOf(Lookup.Rejected.class);
    }

    @Test
    void aFillWithoutAThreadLeavesNothingBehind() {
        ContentCache starved = new ContentCache(store, task -> {
            throw new OutOfMemoryError("unable to create native thread");
        }, Runnable::run, listener);

        assertThatThrownBy(() -> starved.open(DIGEST, OptionalLong.empty(), origin))
                .isInstanceOf(OutOfMemoryError.class);

        assertThat(starved.fills()).isZero();
    }
}
