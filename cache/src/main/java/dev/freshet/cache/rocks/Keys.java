package dev.freshet.cache.rocks;

import dev.freshet.cache.name.Digest;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/** The keys of {@link Family#CHUNKS}, {@link Family#FILLS} and {@link Family#BLOBS}. */
final class Keys {

    static final int CHUNK_KEY_BYTES = Long.BYTES + Integer.BYTES;

    private Keys() {}

    /** The key of a fill, and the prefix of its chunks: 8 bytes, big-endian, so that fills sort by age. */
    static byte[] fill(long fill) {
        return ByteBuffer.allocate(Long.BYTES).putLong(fill).array();
    }

    static long fill(byte[] key) {
        return ByteBuffer.wrap(key).getLong();
    }

    /** Writes the key of a chunk into a buffer that is made ready for reading. */
    static ByteBuffer chunk(ByteBuffer key, long fill, long chunk) {
        return key.clear().putLong(fill).putInt(Math.toIntExact(chunk)).flip();
    }

    /** One byte for the algorithm, then the hash in binary: 33 or 65 bytes. */
    static byte[] digest(Digest digest) {
        byte[] hash = HexFormat.of().parseHex(digest.hex());
        return ByteBuffer.allocate(1 + hash.length).put(code(digest.algorithm())).put(hash).array();
    }

    /**
     * Reads what {@link #digest(Digest)} wrote from all that remains of a buffer.
     *
     * @throws IllegalArgumentException if it is anything else
     */
    static Digest digest(ByteBuffer key) {
        byte code = key.get();
        byte[] hash = new byte[key.remaining()];
        key.get(hash);
        for (Digest.Algorithm algorithm : Digest.Algorithm.values()) {
            if (code(algorithm) == code) {
                return new Digest(algorithm, HexFormat.of().formatHex(hash));
            }
        }
        throw new IllegalArgumentException("digest algorithm " + code + " is unknown");
    }

    private static byte code(Digest.Algorithm algorithm) {
        return switch (algorithm) {
            case SHA256 -> 1;
            case SHA512 -> 2;
        };
    }
}
