package dev.freshet.cache.fill;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.BlobStoreKit;
import dev.freshet.cache.store.InMemoryBlobStore;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Fills with random lengths, pieces, ends and readers. The seed is random and in every failure's message; {@code
 * -Dfreshet.seed=} repeats the rounds of one, up to the scheduling of threads.
 */
class RandomFillsTest {

    private static final int ROUNDS = 400;
    private static final int MAX_READERS = 8;

    private enum Plan {
        GOOD,
        CORRUPT,
        SHORT,
        REFUSED,
        BROKEN
    }

    /** What one reader got. */
    private record Got(ByteArrayOutputStream bytes, boolean whole, boolean left) {}

    @Test
    void readersGetAPrefixOfWhatCameAndTheWholeOnlyWhenItIsRight() throws Exception {
        long seed = Long.getLong("freshet.seed", new Random().nextLong());
        Random random = new Random(seed);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 0; round < ROUNDS; round++) {
                runFill(random, threads, "freshet.seed=" + seed + ", round " + round);
            }
        }
    }

    private static void runFill(Random random, ExecutorService threads, String where) throws Exception {
        byte[] content = BlobStoreKit.bytes(random.nextLong(), 1 + random.nextInt(random.nextBoolean() ? 9 : 400_000));
        Plan plan = Plan.values()[random.nextInt(Plan.values().length)];
        byte[] sent = content.clone();
        if (plan == Plan.CORRUPT) {
            sent[random.nextInt(sent.length)] ^= 1;
        }
        InMemoryBlobStore store = new InMemoryBlobStore();
        RecordingListener listener = new RecordingListener();
        Digest digest = Digest.sha256(content);
        ScriptedOrigin origin = new ScriptedOrigin();
        List<Future<Got>> readers = new ArrayList<>();

        try (ContentCache cache = new ContentCache(store, threads, Runnable::run, listener)) {
            OpenedContent leader = Reading.content(cache.open(digest, OptionalLong.empty(), origin));
            readers.add(threads.submit(reader(leader, leavesAt(random, content.length))));
            for (Step step : steps(random, plan, sent)) {
                join(random, cache, digest).ifPresent(
                        joined -> readers.add(threads.submit(reader(joined, leavesAt(random, content.length)))));
                origin.then(step);
            }
            FillOutcome end = listener.awaitEnd();

            assertThat(end instanceof FillOutcome.Complete).as(where).isEqualTo(plan == Plan.GOOD);
            for (Future<Got> reader : readers) {
                Got got = reader.get(1, TimeUnit.MINUTES);
                byte[] bytes = got.bytes().toByteArray();
                assertThat(bytes).as(where).isEqualTo(Arrays.copyOf(sent, bytes.length));
                assertThat(got.whole()).as(where).isEqualTo(!got.left() && plan == Plan.GOOD);
            }
            assertThat(store.usage().objects()).as(where).isEqualTo(plan == Plan.GOOD ? 1 : 0);
        }
    }

    private static Optional<OpenedContent> join(Random random, ContentCache cache, Digest digest)
            throws Exception {
        boolean joins = random.nextInt(MAX_READERS) == 0;
        return joins ? cache.find(digest).map(Reading::content) : Optional.empty();
    }

    private static long leavesAt(Random random, int length) {
        return random.nextInt(4) == 0 ? random.nextInt(length) : Long.MAX_VALUE;
    }

    private static Callable<Got> reader(Content content, long leavesAt) {
        return () -> {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            try (content) {
                Reading.into(content, all, leavesAt);
                boolean left = all.size() >= leavesAt;
                return new Got(all, !left, left);
            } catch (ContentException e) {
                return new Got(all, false, false);
            }
        };
    }

    private static List<Step> steps(Random random, Plan plan, byte[] sent) {
        List<Step> steps = new ArrayList<>();
        boolean stated = random.nextBoolean();
        steps.add(stated ? ScriptedOrigin.head(sent.length) : ScriptedOrigin.headWithoutLength());
        int until = plan == Plan.GOOD || plan == Plan.CORRUPT ? sent.length : random.nextInt(sent.length);
        for (int at = 0; at < until;) {
            int next = Math.min(until, at + 1 + random.nextInt(Math.max(1, sent.length / 5)));
            steps.add(new Step.Bytes(Arrays.copyOfRange(sent, at, next)));
            at = next;
        }
        steps.add(switch (plan) {
            case GOOD, CORRUPT, SHORT -> new Step.End();
            case REFUSED -> new Step.Refuse("reset");
            case BROKEN -> new Step.Break(new IllegalStateException("a defect"));
        });
        return steps;
    }
}
