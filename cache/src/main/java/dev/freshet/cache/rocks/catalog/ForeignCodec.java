package dev.freshet.cache.rocks.catalog;

import dev.freshet.cache.catalog.ForeignLayer;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.rocks.db.Family;
import dev.freshet.cache.rocks.db.Keys;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys and values of foreign layers, in {@link Family#LINKS} beside the links of their repository:
 * what manifests list, and, for a registry as a whole, what has delivered a blob.
 */
public final class ForeignCodec {

    /** The value of what has delivered a blob: all is in the key. */
    static final byte[] DELIVERED = {1};

    private static final Logger LOG = LoggerFactory.getLogger(ForeignCodec.class);
    private static final byte VERSION = 1;
    private static final byte LISTED = 'f';
    private static final byte HAS_DELIVERED = 'u';

    private ForeignCodec() {}

    /** What begins the keys of all that manifests of a repository list under a digest. */
    static byte[] listedPrefix(Repository repository, Digest blob) {
        return CatalogCodec.key(repository.registry(), repository.name(), coded(LISTED, Keys.digest(blob)));
    }

    public static byte[] listedKey(Repository repository, Digest blob, Digest manifest) {
        return CatalogCodec.key(repository.registry(), repository.name(), coded(LISTED, Keys.digests(blob, manifest)));
    }

    static byte[] deliveredKey(RegistryHost registry, Digest blob, String url) {
        Digest urlHash = Digest.sha256(url.getBytes(StandardCharsets.UTF_8));
        return CatalogCodec.key(registry, "", coded(HAS_DELIVERED, Keys.digests(blob, urlHash)));
    }

    private static byte[] coded(byte code, byte[] rest) {
        return Keys.join(new byte[]{code}, rest);
    }

    /**
     * The content with which a fact goes: the manifest that lists a blob, or the blob that was delivered. Empty for the
     * key of another fact.
     *
     * @throws IllegalArgumentException if the key cannot be understood
     */
    static Optional<Digest> rootOf(byte[] key) {
        int from = CatalogCodec.repository(key).length();
        ByteBuffer rest = ByteBuffer.wrap(key, from, key.length - from);
        byte code = rest.hasRemaining() ? rest.get() : 0;
        if (code != LISTED && code != HAS_DELIVERED) {
            return Optional.empty();
        }
        Digest blob = Keys.digest(rest);
        return Optional.of(code == LISTED ? Keys.digest(rest) : blob);
    }

    /** Version, size in 8 bytes, then the media type and the URLs in UTF-8, each after its length in 4 bytes. */
    static byte[] encode(ForeignLayer layer) {
        List<byte[]> texts = new ArrayList<>();
        texts.add(layer.mediaType().getBytes(StandardCharsets.UTF_8));
        layer.urls().forEach(url -> texts.add(url.getBytes(StandardCharsets.UTF_8)));
        int length = texts.stream().mapToInt(text -> Integer.BYTES + text.length).sum();
        ByteBuffer value = ByteBuffer.allocate(1 + Long.BYTES + length).put(VERSION).putLong(layer.size());
        texts.forEach(text -> value.putInt(text.length).put(text));
        return value.array();
    }

    /** Reads what {@link #encode} wrote; empty, with a line in the log, when it is anything else. */
    static Optional<ForeignLayer> decode(byte[] value) {
        try {
            ByteBuffer fields = ByteBuffer.wrap(value);
            if (fields.get() != VERSION) {
                throw new IllegalArgumentException("its version is another");
            }
            long size = fields.getLong();
            String mediaType = text(fields);
            List<String> urls = new ArrayList<>();
            while (fields.hasRemaining()) {
                urls.add(text(fields));
            }
            return Optional.of(new ForeignLayer(mediaType, size, urls));
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            LOG.warn("the note of a blob's URLs makes no sense, which counts as none: {}", e.toString());
            return Optional.empty();
        }
    }

    private static String text(ByteBuffer fields) {
        int length = fields.getInt();
        if (length < 0 || length > fields.remaining()) {
            throw new IllegalArgumentException("a text of " + length + " bytes does not fit");
        }
        byte[] text = new byte[length];
        fields.get(text);
        return new String(text, StandardCharsets.UTF_8);
    }
}
