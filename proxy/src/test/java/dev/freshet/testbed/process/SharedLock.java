package dev.freshet.testbed.process;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReentrantLock;

/** A lock that is shared by the JVMs that run tests side by side, and by the threads in each of them. */
public final class SharedLock {

    private final ReentrantLock threads = new ReentrantLock();
    private final Path file;

    /** Work that is done under the lock. */
    @FunctionalInterface
    public interface Work<T> {

        T run() throws IOException;
    }

    /** One that this file stands for, which is made if it is missing. */
    public SharedLock(Path file) {
        this.file = file;
    }

    /** Does this while no other thread and no other JVM does. */
    public <T> T holding(Work<T> work) throws IOException {
        threads.lock();
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                channel.lock(); // until the channel is closed
                return work.run();
            }
        } finally {
            threads.unlock();
        }
    }
}
