package dev.freshet.cache.rocks.db;

import dev.freshet.cache.store.StoreException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The lock of a store's directory against other processes, from before a file in it is touched until all are closed. */
public final class StoreLock implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StoreLock.class);

    private final Path place;
    private final @Nullable FileChannel file;
    private final @Nullable Object key;

    /** @param file null where no file can be made */
    private StoreLock(Path place, @Nullable FileChannel file) {
        this.place = place;
        this.file = file;
        this.key = file == null ? null : key(place);
    }

    /** What tells a file from every other one; null when there is none, or the file system does not tell. */
    private static @Nullable Object key(Path place) {
        try {
            return Files.readAttributes(place, BasicFileAttributes.class).fileKey();
        } catch (IOException e) {
            return null;
        }
    }

    /** Whether the file that is locked is still the one that others would find. */
    public boolean isInPlace() {
        return key == null || key.equals(key(place));
    }

    /**
     * Takes it. Where no file can be made, no process can change anything, and nothing is locked.
     *
     * @throws StoreException if another has it
     */
    public static StoreLock take(Path root) throws StoreException {
        Path place = root.resolve("LOCK");
        FileChannel file;
        try {
            file = FileChannel.open(place, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            LOG.debug("store {} is not locked: {}", root, e.toString());
            return new StoreLock(place, null);
        }
        StoreLock lock = new StoreLock(place, file);
        boolean taken = false;
        try {
            FileLock held = file.tryLock();
            taken = held != null;
        } catch (OverlappingFileLockException e) {
            LOG.debug("store {} is open in this process", root);
        } catch (IOException e) {
            LOG.debug("store {} is not locked: {}", root, e.toString());
            taken = true;
        } finally {
            if (!taken) {
                lock.close();
            }
        }
        if (!taken) {
            throw new StoreException("open of store " + root
                    + " failed: another process uses it; stop it or choose another `data`");
        }
        return lock;
    }

    @Override
    public void close() {
        if (file != null) {
            try {
                file.close();
            } catch (IOException e) {
                LOG.warn("closing of a lock failed: {}", e.toString());
            }
        }
    }
}
