package dev.freshet.cache.flight;

import dev.freshet.cache.store.DamagedBlobException;
import dev.freshet.cache.store.StoreException;
import dev.freshet.cache.store.StoredBlob;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** Committed content: always readable to its end, unless it is damaged. */
final class StoredContent implements Content {

    private final StoredBlob blob;
    private final Consumer<DamagedBlobException> onDamage;

    StoredContent(StoredBlob blob, Consumer<DamagedBlobException> onDamage) {
        this.blob = blob;
        this.onDamage = onDamage;
    }

    @Override
    public OptionalLong awaitLength(Duration timeout) {
        return OptionalLong.of(blob.length());
    }

    @Override
    public int read(long position, ByteBuffer destination) throws ContentException {
        try {
            return blob.read(position, destination);
        } catch (DamagedBlobException e) {
            onDamage.accept(e);
            throw new ContentException(String.valueOf(e.getMessage()), e);
        } catch (StoreException e) {
            throw new ContentException(String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public void whenReadable(long position, Runnable task) {
        task.run();
    }

    @Override
    public void close() {
        blob.close();
    }
}
