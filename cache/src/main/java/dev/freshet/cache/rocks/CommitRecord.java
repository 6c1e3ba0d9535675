package dev.freshet.cache.rocks;

import java.nio.ByteBuffer;

/**
 * What makes content exist, kept under its digest: a version byte, then three fields, big-endian.
 *
 * @param fill the number under which its chunks are
 * @param chunkSize bytes in every chunk but the last
 * @param length bytes in all
 */
record CommitRecord(long fill, int chunkSize, long length) {

    private static final byte VERSION = 1;
    private static final int BYTES = 1 + Long.BYTES + Integer.BYTES + Long.BYTES;

    byte[] encode() {
        return ByteBuffer.allocate(BYTES).put(VERSION).putLong(fill).putInt(chunkSize).putLong(length).array();
    }

    /**
     * Reads what {@link #encode()} wrote.
     *
     * @throws IllegalArgumentException if it is anything else
     */
    static CommitRecord decode(byte[] bytes) {
        if (bytes.length != BYTES || bytes[0] != VERSION) {
            throw new IllegalArgumentException("its commit record cannot be understood");
        }
        ByteBuffer fields = ByteBuffer.wrap(bytes, 1, BYTES - 1);
        return new CommitRecord(fields.getLong(), fields.getInt(), fields.getLong());
    }
}
