package dev.freshet.cache.rocks;

import dev.freshet.cache.rocks.db.Handles;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Ends every test of this package with a look for what a store may have left: native handles, threads, holds, and memory
 * that was not given back. JUnit finds it as a service, so that no test can forget it.
 */
public final class NothingLeaks implements BeforeEachCallback, AfterEachCallback {

    private static final Queue<RocksStorage> OPENED = new ConcurrentLinkedQueue<>();

    /** A pool says that it has ended just before its last thread does. */
    private static final Duration A_MOMENT = Duration.ofSeconds(5);

    private long handlesBefore;

    /** Remembers a store that a test has opened, and forgets those before it that have left nothing. */
    static RocksStorage watch(RocksStorage storage) {
        OPENED.removeIf(NothingLeaks::isClean);
        OPENED.add(storage);
        return storage;
    }

    private static boolean isClean(RocksStorage storage) {
        return storage.index.isClosed() && storage.openBlobs() == 0 && storage.openWriters() == 0
                && storage.references.numbers().isEmpty() && storage.memory.borrowed() == 0;
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        handlesBefore = Handles.open();
        OPENED.clear();
    }

    @Override
    public void afterEach(ExtensionContext context) throws InterruptedException {
        if (!context.getRequiredTestClass().getPackageName().startsWith(NothingLeaks.class.getPackageName())) {
            return;
        }
        List<RocksStorage> opened = new ArrayList<>();
        for (RocksStorage storage = OPENED.poll(); storage != null; storage = OPENED.poll()) {
            opened.add(storage);
        }
        assertThat(opened).as("stores that were not closed").allMatch(storage -> storage.index.isClosed());
        for (RocksStorage storage : opened) {
            assertThat(storage.openBlobs()).as("blobs left open").isZero();
            assertThat(storage.openWriters()).as("writers left open").isZero();
            assertThat(storage.references.numbers()).as("numbers left held").isEmpty();
            assertThat(storage.memory.borrowed()).as("bytes of memory left borrowed").isZero();
        }
        assertThat(Handles.open() - handlesBefore).as("native handles left open").isZero();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            boolean ended = !thread.getName().startsWith("store-") || thread.join(A_MOMENT);
            assertThat(ended).as("end of thread %s", thread.getName()).isTrue();
        }
    }
}
