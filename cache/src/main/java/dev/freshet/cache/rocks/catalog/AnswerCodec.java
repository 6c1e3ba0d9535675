package dev.freshet.cache.rocks.catalog;

import dev.freshet.cache.catalog.ContentKind;
import dev.freshet.cache.catalog.Question;
import dev.freshet.cache.catalog.Resource;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.name.Tag;
import dev.freshet.cache.rocks.db.Family;
import dev.freshet.cache.rocks.db.Keys;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * The keys of answers in {@link Family#TAGS}, beside the tags of their repository: a slash, which no tag begins with, and a
 * letter for the kind of the question. Their values are those of tags.
 *
 * <p>Absences are answers, too. Their keys are of the whole registry, and end with a hash of what is absent, so that
 * those that begin alike can be counted.
 */
public final class AnswerCodec {

    private static final byte MARK = '/';
    private static final byte TAGS = 't';
    private static final byte REFERRERS = 'r';
    private static final byte VARIANT = 'a';
    private static final byte BODY = 'b';
    private static final byte ABSENCE = 'n';
    private static final byte REFERRER = 'e';
    private static final byte API = 'p';
    private static final byte END = 0;

    private AnswerCodec() {}

    public static byte[] key(Repository repository, Question question) {
        return switch (question) {
            case Question.Tags tags -> key(repository, TAGS, Keys.FIRST);
            case Question.Referrers(Digest subject) -> key(repository, REFERRERS, Keys.digest(subject));
            case Question.Body(Digest manifest) -> key(repository, BODY, Keys.digest(manifest));
            case Question.Variant(Tag tag, Digest accepted) ->
                Keys.join(variants(repository, tag), Keys.digest(accepted));
        };
    }

    /** What begins the keys of all variants of a tag, and of no other. */
    static byte[] variants(Repository repository, Tag tag) {
        byte[] name = tag.value().getBytes(StandardCharsets.US_ASCII);
        return key(repository, VARIANT, Keys.join(name, new byte[]{END}));
    }

    /** The key of an absence. */
    public static byte[] absence(Repository repository, Resource resource) {
        return key(repository.registry(), "", ABSENCE, Keys.digest(name(repository, resource)));
    }

    /** What begins the key of an absence and those of one in 256 others of its registry. */
    static byte[] besideAbsence(byte[] key) {
        return Arrays.copyOf(key, CatalogCodec.repository(key).length() + 4);
    }

    /** Names what may be absent by the key under which its presence would be noted. */
    static Digest name(Repository repository, Resource resource) {
        return Digest.sha256(switch (resource) {
            case Question question -> key(repository, question);
            case Resource.Manifest(Tag tag) -> CatalogCodec.tagKey(repository, tag);
            case Resource.Manifest(Digest digest) -> CatalogCodec.linkKey(repository, ContentKind.MANIFEST, digest);
            case Resource.Blob(Digest digest) -> CatalogCodec.linkKey(repository, ContentKind.BLOB, digest);
            case Resource.Referrer(Digest subject) -> key(repository, REFERRER, Keys.digest(subject));
            case Resource.ReferrersApi api -> key(repository.registry(), "", API, Keys.FIRST);
        });
    }

    private static byte[] key(Repository repository, byte kind, byte[] rest) {
        return key(repository.registry(), repository.name(), kind, rest);
    }

    private static byte[] key(RegistryHost registry, String repositoryName, byte kind, byte[] rest) {
        return CatalogCodec.key(registry, repositoryName, Keys.join(new byte[]{MARK, kind}, rest));
    }

    /**
     * Whether the key is that of a list: of tags, or of referrers.
     *
     * @throws IllegalArgumentException if the key cannot be understood
     */
    static boolean isList(byte[] key) {
        byte kind = kind(key);
        return kind == TAGS || kind == REFERRERS;
    }

    /**
     * The manifest whose body the answer under this key names; empty when it answers something else.
     *
     * @throws IllegalArgumentException if the key cannot be understood
     */
    static Optional<Digest> manifest(byte[] key) {
        int from = CatalogCodec.repository(key).length() + 2;
        return kind(key) == BODY
                ? Optional.of(Keys.digest(ByteBuffer.wrap(key, from, key.length - from)))
                : Optional.empty();
    }

    /** The letter for the kind of the question; {@link #END} for a tag. */
    private static byte kind(byte[] key) {
        int from = CatalogCodec.repository(key).length();
        return key.length > from + 1 && key[from] == MARK ? key[from + 1] : END;
    }
}
