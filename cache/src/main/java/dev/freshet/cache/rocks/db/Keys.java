package dev.freshet.cache.rocks.db;

import dev.freshet.cache.name.Digest;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.stream.Stream;

/** Keys, and the digests in keys and values. Numbers are big-endian, so that keys sort as they do. */
public final class Keys {

    public static final int CHUNK_KEY_BYTES = Long.BYTES + Integer.BYTES;
    public static final byte[] FIRST = {};

    private Keys() {}

    /** A number, which is also the prefix of the keys of its chunks. */
    public static byte[] number(long number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }

    /** The number that a key begins with. */
    public static long number(byte[] key) {
        return ByteBuffer.wrap(key).getLong();
    }

    public static byte[] chunk(long number, long chunk) {
        return chunk(ByteBuffer.allocate(CHUNK_KEY_BYTES), number, chunk).array();
    }

    /** Writes the key of a chunk into a buffer that is made ready for reading. */
    public static ByteBuffer chunk(ByteBuffer key, long number, long chunk) {
        return key.clear().putLong(number).putInt(Math.toIntExact(chunk)).flip();
    }

    /** One byte for the algorithm, then the hash in binary: 33 or 65 bytes. */
    public static byte[] digest(Digest digest) {
        byte[] hash = HexFormat.of().parseHex(digest.hex());
        return ByteBuffer.allocate(1 + hash.length).put(code(digest.algorithm())).put(hash).array();
    }

    /** Two digests, one after the other. */
    public static byte[] digests(Digest first, Digest second) {
        return join(digest(first), digest(second));
    }

    /** Parts of a key, one after the other. */
    public static byte[] join(byte[]... parts) {
        ByteBuffer all = ByteBuffer.allocate(Stream.of(parts).mapToInt(part -> part.length).sum());
        Stream.of(parts).forEach(all::put);
        return all.array();
    }

    /**
     * Reads what {@link #digest(Digest)} wrote, from the position of a buffer on.
     *
     * @throws IllegalArgumentException if it is anything else
     */
    public static Digest digest(ByteBuffer key) {
        if (key.hasRemaining()) {
            byte code = key.get();
            for (Digest.Algorithm algorithm : Digest.Algorithm.values()) {
                if (code(algorithm) == code && key.remaining() >= algorithm.hexLength() / 2) {
                    byte[] hash = new byte[algorithm.hexLength() / 2];
                    key.get(hash);
                    return new Digest(algorithm, HexFormat.of().formatHex(hash));
                }
            }
        }
        throw new IllegalArgumentException("its digest cannot be understood");
    }

    private static byte code(Digest.Algorithm algorithm) {
        return switch (algorithm) {
            case SHA256 -> 1;
            case SHA512 -> 2;
        };
    }
}
