package dev.freshet.cache.rocks.catalog;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.rocks.db.Family;
import dev.freshet.cache.rocks.db.Keys;
import java.nio.ByteBuffer;

/**
 * The record that makes a blob exist. It is kept under the digest, and under the number with the digest at the end.
 *
 * @param family where its chunks are
 * @param number the number under which they are
 * @param chunkSize bytes in every chunk but the last
 * @param length bytes in all
 * @param diskBytes what its segments take of the disk, or about what its chunks do when it is small
 */
public record CommitRecord(Family family, long number, int chunkSize, long length, long diskBytes) {

    private static final byte VERSION = 2;
    private static final int BYTES = 2 + Long.BYTES + Integer.BYTES + 2 * Long.BYTES;

    public byte[] encode() {
        return put(ByteBuffer.allocate(BYTES)).array();
    }

    private ByteBuffer put(ByteBuffer bytes) {
        return bytes.put(VERSION).put(code(family)).putLong(number).putInt(chunkSize).putLong(length)
                .putLong(diskBytes);
    }

    /** With the digest at the end. */
    public byte[] encode(Digest digest) {
        byte[] name = Keys.digest(digest);
        return put(ByteBuffer.allocate(BYTES + name.length)).put(name).array();
    }

    /**
     * Reads what either encoding wrote.
     *
     * @throws IllegalArgumentException if it is anything else
     */
    public static CommitRecord decode(byte[] bytes) {
        if (bytes.length < BYTES || bytes[0] != VERSION) {
            throw new IllegalArgumentException("its commit record cannot be understood");
        }
        ByteBuffer fields = ByteBuffer.wrap(bytes, 1, BYTES - 1);
        return new CommitRecord(family(fields.get()), fields.getLong(), fields.getInt(), fields.getLong(),
                fields.getLong());
    }

    /** Reads the digest, as {@link #encode(Digest)} wrote. */
    public static Digest owner(byte[] bytes) {
        return Keys.digest(ByteBuffer.wrap(bytes, Math.min(BYTES, bytes.length), Math.max(0, bytes.length - BYTES)));
    }

    public static byte code(Family family) {
        return (byte) (family == Family.SMALL ? 's' : 'g');
    }

    static Family family(byte code) {
        return switch (code) {
            case 's' -> Family.SMALL;
            case 'g' -> Family.SEGMENTS;
            default -> throw new IllegalArgumentException("its place cannot be understood");
        };
    }
}
