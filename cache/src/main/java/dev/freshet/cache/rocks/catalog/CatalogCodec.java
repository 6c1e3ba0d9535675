package dev.freshet.cache.rocks.catalog;

import dev.freshet.cache.catalog.ContentKind;
import dev.freshet.cache.catalog.Link;
import dev.freshet.cache.catalog.TagEntry;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.name.Tag;
import dev.freshet.cache.rocks.db.Family;
import dev.freshet.cache.rocks.db.Keys;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The keys and values of tags and links in {@link Family#TAGS} and {@link Family#LINKS}. A key begins with the registry and
 * the repository,
 * a zero byte after each; as names hold no zero byte, no two addresses share a key. A value begins with a version byte.
 */
public final class CatalogCodec {

    private static final byte VERSION = 1;
    /** Of a link that says when it was confirmed. */
    private static final byte DATED = 2;
    private static final byte END = 0;
    private static final long UNKNOWN = -1;

    private CatalogCodec() {}

    public static byte[] tagKey(Repository repository, Tag tag) {
        return key(repository, tag.value().getBytes(StandardCharsets.US_ASCII));
    }

    public static byte[] linkKey(Repository repository, ContentKind kind, Digest digest) {
        return key(repository, Keys.join(new byte[]{code(kind)}, Keys.digest(digest)));
    }

    private static byte[] key(Repository repository, byte[] rest) {
        return key(repository.registry(), repository.name(), rest);
    }

    /** A key of a registry's repository; an empty name stands for the whole registry. */
    static byte[] key(RegistryHost host, String repositoryName, byte[] rest) {
        byte[] registry = host.value().getBytes(StandardCharsets.US_ASCII);
        byte[] name = repositoryName.getBytes(StandardCharsets.US_ASCII);
        byte[] end = {END};
        return Keys.join(registry, end, name, end, rest);
    }

    /**
     * The decoded key of a link.
     *
     * @param repository the part of the key that names it, as {@link #repository} gives it
     */
    record LinkKey(String repository, ContentKind kind, Digest digest) {}

    static LinkKey decodeLinkKey(byte[] key) {
        String repository = repository(key);
        ByteBuffer rest = ByteBuffer.wrap(key, repository.length(), key.length - repository.length());
        byte code = rest.hasRemaining() ? rest.get() : END;
        for (ContentKind kind : ContentKind.values()) {
            if (code(kind) == code) {
                return new LinkKey(repository, kind, Keys.digest(rest));
            }
        }
        throw new IllegalArgumentException("its kind cannot be understood");
    }

    /** The part of a key that names the repository: what all keys of that repository begin with, and no others. */
    static String repository(byte[] key) {
        int ends = 0;
        for (int at = 0; at < key.length; at++) {
            ends += key[at] == END ? 1 : 0;
            if (ends == 2) {
                return new String(key, 0, at + 1, StandardCharsets.ISO_8859_1);
            }
        }
        throw new IllegalArgumentException("its repository cannot be understood");
    }

    /** The first key that a repository could have, which {@link #repository} has named. */
    static byte[] prefix(String repository) {
        return repository.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte code(ContentKind kind) {
        return switch (kind) {
            case MANIFEST -> 'm';
            case BLOB -> 'b';
        };
    }

    /** Version, milliseconds since 1970 in 8 bytes, digest. */
    static byte[] encode(TagEntry entry) {
        byte[] digest = Keys.digest(entry.digest());
        return ByteBuffer.allocate(1 + Long.BYTES + digest.length)
                .put(VERSION).putLong(entry.confirmedAt().toEpochMilli()).put(digest).array();
    }

    static TagEntry decodeTag(byte[] value) {
        ByteBuffer fields = fields(value);
        Instant confirmedAt = Instant.ofEpochMilli(fields.getLong());
        return new TagEntry(Keys.digest(fields), confirmedAt);
    }

    /** Version, size in 8 bytes or -1, where the version says so milliseconds since 1970 in 8 bytes, media type in UTF-8. */
    static byte[] encode(Link link) {
        byte[] mediaType = link.mediaType().getBytes(StandardCharsets.UTF_8);
        ByteBuffer value = ByteBuffer.allocate(1 + 2 * Long.BYTES + mediaType.length)
                .put(link.confirmedAt().isPresent() ? DATED : VERSION).putLong(link.size().orElse(UNKNOWN));
        link.confirmedAt().ifPresent(time -> value.putLong(time.toEpochMilli()));
        value.put(mediaType).flip();
        return Arrays.copyOf(value.array(), value.limit());
    }

    static Link decodeLink(ContentKind kind, byte[] value) {
        boolean isDated = value.length > 2 * Long.BYTES && value[0] == DATED;
        ByteBuffer fields = isDated ? ByteBuffer.wrap(value, 1, value.length - 1) : fields(value);
        long size = fields.getLong();
        Optional<Instant> confirmedAt = isDated
                ? Optional.of(Instant.ofEpochMilli(fields.getLong()))
                : Optional.empty();
        String mediaType = StandardCharsets.UTF_8.decode(fields).toString();
        return new Link(kind, mediaType, size == UNKNOWN ? OptionalLong.empty() : OptionalLong.of(size), confirmedAt);
    }

    private static ByteBuffer fields(byte[] value) {
        if (value.length < 1 + Long.BYTES || value[0] != VERSION) {
            throw new IllegalArgumentException("its entry cannot be understood");
        }
        return ByteBuffer.wrap(value, 1, value.length - 1);
    }
}
