package dev.freshet.cache.store;

import java.nio.ByteBuffer;

/** Bytes that can be read at any position, by several threads at once. */
public interface StoredBytes {

    /** How many bytes can be read now; never falls. */
    long length();

    /**
     * Copies bytes from a position into a buffer, up to its limit or to {@link #length()}; it may copy fewer, but at least
     * one where there is one.
     *
     * @param position from 0
     * @return how many were copied; -1 when the position is at or past the length; otherwise 0 only when the buffer has no
     *         room
     * @throws IllegalArgumentException if the position is negative
     * @throws DamagedBlobException if what is kept there is not what was written
     */
    int read(long position, ByteBuffer destination) throws StoreException;
}
