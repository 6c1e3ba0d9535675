package dev.freshet.proxy.serve.prefetch;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.name.Repository;
import dev.freshet.proxy.serve.prefetch.PrefetchQueue.PrefetchBlob;
import dev.freshet.testbed.proxy.ManualScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** {@link PrefetchQueue}, with two at once. */
class PrefetchQueueTest {

    private static final Repository REPO = new Repository(new RegistryHost("lab"), "team/app");
    private static final Repository OTHER = new Repository(new RegistryHost("lab"), "team/other");

    private final Set<Digest> read = new HashSet<>();
    private final ManualScheduler pace = new ManualScheduler();
    private final PrefetchQueue queue = new PrefetchQueue(2, pace::nanoTime, read::contains);

    @Test
    void soManyAreTakenAtOnceAndOneMoreWhenOneHasEnded() {
        queue.expect(REPO, digest(0), blobs(REPO, 1, 2, 3));

        List<Digest> first = takeAll();
        boolean more = queue.ended(digest(1));

        assertThat(first).containsExactly(digest(1), digest(2));
        assertThat(more).isTrue();
        assertThat(takeAll()).containsExactly(digest(3));
        assertThat(queue.ended(digest(2))).isFalse();
    }

    @Test
    void imagesComeInTheirOrderAndABlobThatIsRunningIsPassedOver() {
        queue.expect(REPO, digest(0), blobs(REPO, 1));
        queue.expect(OTHER, digest(10), blobs(OTHER, 1, 2));

        assertThat(takeAll()).containsExactly(digest(1), digest(2));
    }

    @Test
    void anImageIsTakenInOncePerMinute() {
        queue.expect(REPO, digest(0), blobs(REPO, 1));
        takeAll();
        queue.ended(digest(1));

        queue.expect(REPO, digest(0), blobs(REPO, 1));
        List<Digest> within = takeAll();
        pace.advance(Duration.ofMinutes(1).plusNanos(1));
        queue.expect(REPO, digest(0), blobs(REPO, 1));

        assertThat(within).isEmpty();
        assertThat(takeAll()).containsExactly(digest(1));
    }

    @Test
    void anImageIsForgottenWhenNoClientComesForAMinute() {
        queue.expect(REPO, digest(0), blobs(REPO, 1, 2, 3));
        takeAll();

        pace.advance(Duration.ofMinutes(1).plusNanos(1));

        assertThat(queue.ended(digest(1))).isFalse();
        assertThat(takeAll()).isEmpty();
    }

    @Test
    void anImageStaysWhileAClientComesForIt() {
        queue.expect(REPO, digest(0), blobs(REPO, 1, 2, 3));
        takeAll();

        pace.advance(Duration.ofSeconds(40));
        queue.wanted(REPO, digest(1));
        pace.advance(Duration.ofSeconds(40));
        queue.ended(digest(1));

        assertThat(takeAll()).containsExactly(digest(3));
    }

    @Test
    void toComeForABlobOfAnotherRepositoryIsNotToComeForIt() {
        queue.expect(REPO, digest(0), blobs(REPO, 1));

        pace.advance(Duration.ofSeconds(40));
        queue.wanted(OTHER, digest(1));
        pace.advance(Duration.ofSeconds(40));

        assertThat(takeAll()).isEmpty();
    }

    @Test
    void theOldestImageGoesWhenThereAreTooMany() {
        for (int i = 0; i <= PrefetchQueue.MOST_IMAGES; i++) {
            queue.expect(REPO, digest(1000 + i), blobs(REPO, i));
        }

        assertThat(takeAll()).containsExactly(digest(1), digest(2));
    }

    @Test
    void anImageStaysWhileAClientReadsAnyOfIt() {
        queue.expect(REPO, digest(0), blobs(REPO, 1, 2, 3));
        takeAll();
        read.add(digest(1));

        pace.advance(Duration.ofSeconds(61));
        queue.ended(digest(2));
        List<Digest> taken = takeAll();
        read.clear();
        pace.advance(Duration.ofSeconds(59));
        List<Digest> unwanted = queue.unwanted();
        pace.advance(Duration.ofSeconds(2));

        assertThat(taken).containsExactly(digest(3));
        assertThat(unwanted).isEmpty();
        assertThat(queue.unwanted()).containsExactlyInAnyOrder(digest(1), digest(3));
    }

    @Test
    void aRunningBlobIsUnwantedWhenNoClientComesForItsImageForAMinute() {
        queue.expect(REPO, digest(0), blobs(REPO, 1, 2, 3));
        takeAll();

        pace.advance(Duration.ofMinutes(1));
        List<Digest> before = queue.unwanted();
        pace.advance(Duration.ofNanos(1));

        assertThat(before).isEmpty();
        assertThat(queue.unwanted()).containsExactlyInAnyOrder(digest(1), digest(2));
        assertThat(queue.ended(digest(1))).isFalse();
    }

    @Test
    void whatIsRunningIsWantedWhileAnotherImageHasIt() {
        queue.expect(REPO, digest(0), blobs(REPO, 1, 2));
        takeAll();

        pace.advance(Duration.ofSeconds(40));
        queue.expect(OTHER, digest(10), blobs(OTHER, 2, 5));
        pace.advance(Duration.ofSeconds(40));

        assertThat(queue.unwanted()).containsExactly(digest(1));
    }

    @Test
    void anImageThatWasPushedOutIsStillWantedForAsLong() {
        queue.expect(REPO, digest(0), blobs(REPO, 1));
        takeAll();
        for (int i = 0; i < PrefetchQueue.MOST_IMAGES; i++) {
            queue.expect(OTHER, digest(1000 + i), blobs(OTHER, 10 + i));
        }

        pace.advance(Duration.ofSeconds(40));
        List<Digest> early = queue.unwanted();
        queue.wanted(REPO, digest(1));
        pace.advance(Duration.ofSeconds(40));

        assertThat(early).isEmpty();
        assertThat(queue.unwanted()).isEmpty();
    }

    @Test
    void whatIsAskedForIsWantedForThatAlone() {
        queue.ask(REPO, digest(0), blobs(REPO, 1, 2, 3));
        List<Digest> first = takeAll();

        pace.advance(Duration.ofHours(1));
        List<Digest> unwanted = queue.unwanted();
        boolean more = queue.ended(digest(1));

        assertThat(first).containsExactly(digest(1), digest(2));
        assertThat(unwanted).isEmpty();
        assertThat(more).isTrue();
        assertThat(takeAll()).containsExactly(digest(3));
    }

    @Test
    void whatWasExpectedAndIsThenAskedForIsNotUnwanted() {
        queue.expect(REPO, digest(0), blobs(REPO, 1, 2));
        takeAll();

        queue.ask(REPO, digest(0), blobs(REPO, 1, 2));
        List<Digest> again = takeAll();
        pace.advance(Duration.ofHours(1));

        assertThat(again).as("to be joined").containsExactly(digest(1), digest(2));
        assertThat(takeAll()).isEmpty();
        assertThat(queue.unwanted()).isEmpty();
    }

    @Test
    void oneIsFetchedThatIsAskedForWhereNoneMayBeThatIsExpected() {
        PrefetchQueue narrow = new PrefetchQueue(0, pace::nanoTime, read::contains);
        narrow.expect(REPO, digest(0), blobs(REPO, 1));
        narrow.ask(OTHER, digest(10), blobs(OTHER, 2, 3));

        assertThat(narrow.take()).map(PrefetchBlob::digest).contains(digest(2));
        assertThat(narrow.take()).isEmpty();
    }

    @Test
    void noMoreAreTakenInThatAreAskedForThanThereIsRoomFor() {
        for (int i = 0; i < PrefetchQueue.MOST_IMAGES; i++) {
            queue.ask(REPO, digest(1000 + i), blobs(REPO, i));
        }

        boolean oneMore = queue.ask(REPO, digest(1), blobs(REPO, 500));
        boolean again = queue.ask(REPO, digest(1000), blobs(REPO, 0));
        queue.expect(OTHER, digest(2), blobs(OTHER, 501));
        takeAll();

        assertThat(oneMore).isFalse();
        assertThat(again).isTrue();
        assertThat(queue.ask(REPO, digest(1), blobs(REPO, 500))).as("once two are begun").isTrue();
    }

    @Test
    void whatIsClearedIsNotTaken() {
        queue.expect(REPO, digest(0), blobs(REPO, 1));

        queue.clear();

        assertThat(queue.take()).isEmpty();
    }

    private List<Digest> takeAll() {
        List<Digest> taken = new ArrayList<>();
        for (Optional<PrefetchBlob> next = queue.take(); next.isPresent(); next = queue.take()) {
            taken.add(next.get().digest());
        }
        return taken;
    }

    private static List<PrefetchBlob> blobs(Repository repository, int... numbers) {
        return Arrays.stream(numbers)
                .mapToObj(number -> new PrefetchBlob(repository, digest(number), OptionalLong.of(number), false))
                .toList();
    }

    private static Digest digest(int number) {
        return new Digest(Digest.Algorithm.SHA256, "%064x".formatted(number));
    }
}
