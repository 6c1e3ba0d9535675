package dev.freshet.cache.rocks;

import dev.freshet.cache.store.RangeWriter;
import dev.freshet.cache.store.StoreException;
import java.nio.ByteBuffer;

/** A place in a {@link RocksBlobWriter} where bytes come in. */
final class RocksRangeWriter implements RangeWriter {

    private final RocksBlobWriter writer;
    private long position;
    private boolean spoilt;

    RocksRangeWriter(RocksBlobWriter writer, long position) {
        this.writer = writer;
        this.position = position;
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public void append(ByteBuffer source) throws StoreException {
        writer.requireWriting("append to ", spoilt);
        spoilt = true;
        while (source.hasRemaining()) {
            position += writer.write(position, source);
        }
        spoilt = false;
    }
}
