package dev.freshet.cache.evict;

import dev.freshet.cache.evict.EvictionOrder.Ranked;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Many threads at once, each with fills of its own that no other thread adds or forgets. */
class SegmentedLruRacesTest {

    private static final int THREADS = 6;
    private static final int STEPS = 20_000;
    private static final int FILLS_EACH = 500;
    private static final int BYTES = 4096;

    @ParameterizedTest(name = "with room for {0} of a hundred")
    @ValueSource(ints = {150, 100, 30, 1})
    void everyFillThatWasAddedAndNotForgottenIsVisited(int roomPercent) throws Exception {
        EvictionPolicy policy = new SegmentedLru((long) THREADS * FILLS_EACH * BYTES * roomPercent / 100);
        Set<Long> known = ConcurrentHashMap.newKeySet();

        together(thread -> work(policy, thread, known));

        List<Long> visited = new ArrayList<>();
        policy.coldest(visited::add);
        assertThat(visited).containsExactlyInAnyOrderElementsOf(known);
        assertThat(policy.count()).isEqualTo(known.size());
        assertThat(policy.bytes()).isEqualTo((long) known.size() * BYTES);
        assertThat(Orders.of(policy)).hasSize(known.size());
    }

    @RepeatedTest(3)
    void whatIsThereAllTheTimeIsVisitedWhileOthersComeAndGo() throws Exception {
        EvictionPolicy policy = new SegmentedLru((long) THREADS * FILLS_EACH * BYTES / 3);
        Set<Long> lasting = new HashSet<>();
        for (long fill = -FILLS_EACH; fill < 0; fill++) {
            policy.add(fill, BYTES);
            lasting.add(fill);
        }

        together(thread -> {
            if (thread > 0) {
                work(policy, thread, ConcurrentHashMap.newKeySet());
                return;
            }
            for (int visit = 0; visit < 100; visit++) {
                List<Long> visited = new ArrayList<>();
                policy.coldest(visited::add);
                assertHasAllOnce(visited, lasting);
                assertHasAllOnce(Orders.of(policy).stream().map(Ranked::fill).toList(), lasting);
            }
        });
    }

    private static void assertHasAllOnce(List<Long> fills, Set<Long> expected) {
        Set<Long> once = new HashSet<>(fills);
        assertThat(fills).hasSize(once.size());
        assertThat(once.containsAll(expected)).as("all are visited").isTrue();
    }

    /** Adds, touches, visits and forgets, and says what there is in the end. */
    private static void work(EvictionPolicy policy, int thread, Set<Long> known) {
        Random random = new Random(thread);
        for (int step = 0; step < STEPS; step++) {
            long own = (long) thread * FILLS_EACH + random.nextInt(FILLS_EACH);
            long any = random.nextLong(-FILLS_EACH, (long) THREADS * FILLS_EACH);
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> {
                    policy.add(own, BYTES);
                    known.add(own);
                }
                case 3 -> {
                    policy.forget(own);
                    known.remove(own);
                }
                case 4 -> {
                    int[] left = {20};
                    policy.coldest(fill -> --left[0] > 0);
                }
                default -> policy.touch(any);
            }
        }
    }

    private interface Worker {

        void work(int thread) throws Exception;
    }

    private static void together(Worker worker) throws Exception {
        CyclicBarrier start = new CyclicBarrier(THREADS);
        List<Future<?>> ends = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            for (int i = 0; i < THREADS; i++) {
                int thread = i;
                ends.add(threads.submit(() -> {
                    start.await();
                    worker.work(thread);
                    return thread;
                }));
            }
            for (Future<?> end : ends) {
                end.get();
            }
        }
    }
}
