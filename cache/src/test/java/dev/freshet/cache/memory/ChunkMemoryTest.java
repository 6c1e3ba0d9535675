package dev.freshet.cache.memory;

import dev.freshet.cache.store.StoreException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Chunks on their way are kept, others serve until their memory is needed, and no reader gets bytes of another chunk. */
class ChunkMemoryTest {

    private static final int CHUNK = 1024;
    private static final ChunkMemory.Relief NO_RELIEF = () -> {};

    private final ChunkMemory memory = new ChunkMemory(4 * CHUNK, CHUNK, Duration.ofMillis(200));

    private Slot take(long fill, long chunk) throws StoreException {
        Slot slot = memory.take(() -> "append", fill, chunk, NO_RELIEF);
        slot.from(0).put(content(fill, chunk));
        return slot;
    }

    private static byte[] content(long fill, long chunk) {
        byte[] content = new byte[CHUNK];
        Arrays.fill(content, (byte) (fill * 31 + chunk));
        return content;
    }

    private boolean isHere(long fill, long chunk) {
        ByteBuffer destination = ByteBuffer.allocate(CHUNK);
        boolean here = memory.read(fill, chunk, 0, CHUNK, destination);
        assertThat(destination.position()).isEqualTo(here ? CHUNK : 0);
        if (here) {
            assertThat(destination.array()).isEqualTo(content(fill, chunk));
        }
        return here;
    }

    @Test
    void aChunkIsReadAsSoonAsItIsWritten() throws Exception {
        take(1, 0);

        assertThat(isHere(1, 0)).isTrue();
        assertThat(isHere(1, 1)).isFalse();
        assertThat(isHere(2, 0)).isFalse();
    }

    @Test
    void aPartOfAChunkIsCopiedToWhereTheDestinationStands() throws Exception {
        Slot slot = memory.take(() -> "append", 1, 0, NO_RELIEF);
        slot.from(0).put(new byte[]{1, 2, 3, 4, 5});
        ByteBuffer destination = ByteBuffer.allocate(4).position(1);

        assertThat(memory.read(1, 0, 2, 3, destination)).isTrue();

        assertThat(destination.array()).containsExactly(0, 3, 4, 5);
    }

    @Test
    void whatIsOnItsWayToDiskIsNeverDropped() throws Exception {
        for (int chunk = 0; chunk < 4; chunk++) {
            take(1, chunk);
        }

        assertThatThrownBy(() -> take(1, 4)).isInstanceOf(StoreException.class)
                .hasMessageStartingWith("append failed: for 0 s 4096 bytes of memory have waited for the disk");
        assertThat(isHere(1, 0)).isTrue();
        assertThat(memory.borrowed()).isEqualTo(4 * CHUNK);
    }

    @Test
    void whatIsOnDiskServesReadersUntilItsMemoryIsNeeded() throws Exception {
        List<Slot> settled = new ArrayList<>();
        for (int chunk = 0; chunk < 4; chunk++) {
            settled.add(take(1, chunk));
        }
        memory.settle(settled);
        assertThat(isHere(1, 3)).isTrue();
        assertThat(memory.borrowed()).isZero();

        take(2, 0);

        assertThat(isHere(2, 0)).isTrue();
        assertThat(isHere(1, 0)).isFalse();
        assertThat(isHere(1, 1)).isTrue();
    }

    @Test
    void whatWasReadStaysLongerThanWhatWasNot() throws Exception {
        List<Slot> settled = new ArrayList<>();
        for (int chunk = 0; chunk < 4; chunk++) {
            settled.add(take(1, chunk));
        }
        memory.settle(settled);
        assertThat(isHere(1, 0)).isTrue();

        take(2, 0);

        assertThat(isHere(1, 0)).isTrue();
        assertThat(isHere(1, 1)).isFalse();
    }

    @Test
    void memoryGivenBackIsForgottenAndLentAgain() throws Exception {
        List<Slot> slots = List.of(take(1, 0), take(1, 1), take(1, 2), take(1, 3));

        memory.giveBack(slots);

        assertThat(isHere(1, 0)).isFalse();
        assertThat(take(2, 0)).isIn(slots);
    }

    @Test
    void aWriterThatWaitsAsksForReliefAndGoesOnWhenItComes() throws Exception {
        List<Slot> slots = List.of(take(1, 0), take(1, 1), take(1, 2), take(1, 3));
        AtomicInteger asked = new AtomicInteger();

        Slot fifth = memory.take(() -> "append", 1, 4, () -> {
            asked.incrementAndGet();
            memory.settle(slots.subList(0, 1));
        });

        assertThat(asked).hasValue(1);
        assertThat(fifth).isSameAs(slots.getFirst());
    }

    @Test
    void theOldestFillThatWaitsIsServedFirst() throws Exception {
        ChunkMemory patient = new ChunkMemory(CHUNK, CHUNK, Duration.ofMinutes(10));
        List<Slot> slots = List.of(patient.take(() -> "append", 1, 0, NO_RELIEF));
        List<Long> served = new CopyOnWriteArrayList<>();
        CountDownLatch waiting = new CountDownLatch(3);
        try (ExecutorService writers = Executors.newFixedThreadPool(3)) {
            for (long fill : new long[]{9, 7, 8}) {
                writers.execute(() -> {
                    try {
                        AtomicBoolean asked = new AtomicBoolean();
                        Slot slot = patient.take(() -> "append", fill, 0, () -> {
                            if (asked.compareAndSet(false, true)) {
                                waiting.countDown();
                            }
                        });
                        served.add(fill);
                        patient.settle(List.of(slot));
                    } catch (StoreException e) {
                        served.add(-fill);
                    }
                });
            }
            waiting.await();

            patient.settle(slots);
        }

        assertThat(served).containsExactly(7L, 8L, 9L);
    }

    @Test
    void noMemoryAtAllIsAMistake() {
        assertThatIllegalArgumentException().isThrownBy(() -> new ChunkMemory(10, CHUNK, Duration.ZERO));
    }

    @Test
    void readersNeverSeeWhatMemoryWasLentForBeforeOrAfter() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        List<Future<Long>> found = new ArrayList<>();
        try (ExecutorService readers = Executors.newFixedThreadPool(3)) {
            for (int i = 0; i < 3; i++) {
                found.add(readers.submit(() -> {
                    long here = 0;
                    for (long fill = 0; !over.get() || here == 0; fill = (fill + 1) % 40) {
                        here += isHere(fill, 0) ? 1 : 0;
                    }
                    return here;
                }));
            }
            try {
                for (int round = 0; round < 200_000; round++) {
                    long fill = round % 40;
                    Slot slot = memory.take(() -> "append", fill + 1000, 0, NO_RELIEF);
                    slot.from(0).put(content(fill, 0));
                    memory.giveBack(List.of(slot));
                    memory.settle(List.of(republished(fill)));
                }
            } finally {
                over.set(true);
            }
            for (Future<Long> each : found) {
                assertThat(each.get()).isPositive();
            }
        }
    }

    /** Memory that holds the content before readers can find it. */
    private Slot republished(long fill) throws StoreException {
        Slot slot = memory.take(() -> "append", fill + 1000, 0, NO_RELIEF);
        slot.from(0).put(content(fill, 0));
        memory.giveBack(List.of(slot));
        Slot same = memory.take(() -> "append", fill, 0, NO_RELIEF);
        assertThat(same).isSameAs(slot);
        return same;
    }
}
