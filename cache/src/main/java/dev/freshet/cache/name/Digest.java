package dev.freshet.cache.name;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The name of content by its own hash: {@code sha256:} and 64, or {@code sha512:} and 128 lower-case hexadecimal digits
 * (OCI image spec 1.1, "Digests").
 *
 * @param algorithm the hash function
 * @param hex the hash, lower case
 */
public record Digest(Algorithm algorithm, String hex) implements Reference {

    /** The hash functions that a digest may use. */
    public enum Algorithm {

        SHA256("sha256", "SHA-256", 64),
        SHA512("sha512", "SHA-512", 128);

        private final String prefix;
        private final String jcaName;
        private final int hexLength;

        Algorithm(String prefix, String jcaName, int hexLength) {
            this.prefix = prefix;
            this.jcaName = jcaName;
            this.hexLength = hexLength;
        }

        /** Characters of a hash in hexadecimal. */
        public int hexLength() {
            return hexLength;
        }

        /** A hash of nothing yet; not safe for use by several threads. */
        public MessageDigest newHash() {
            try {
                return MessageDigest.getInstance(jcaName);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("this Java runtime has no " + jcaName + ": use another", e);
            }
        }

        private static Algorithm of(String text) {
            for (Algorithm algorithm : values()) {
                if (text.startsWith(algorithm.prefix) && text.startsWith(":", algorithm.prefix.length())) {
                    return algorithm;
                }
            }
            throw invalid(text);
        }
    }

    public Digest {
        if (hex.length() != algorithm.hexLength || !isLowerHex(hex)) {
            throw invalid(algorithm.prefix + ":" + hex);
        }
    }

    /**
     * Reads {@code sha256:<hex>} or {@code sha512:<hex>}.
     *
     * @throws InvalidNameException if it is anything else
     */
    public static Digest parse(String text) {
        Algorithm algorithm = Algorithm.of(text);
        return new Digest(algorithm, text.substring(algorithm.prefix.length() + 1));
    }

    /** The digest that this hash comes to; the hash is reset by it. */
    public static Digest of(Algorithm algorithm, MessageDigest hash) {
        return new Digest(algorithm, HexFormat.of().formatHex(hash.digest()));
    }

    /** The SHA-256 digest of these bytes. */
    public static Digest sha256(byte[] content) {
        MessageDigest hash = Algorithm.SHA256.newHash();
        hash.update(content);
        return of(Algorithm.SHA256, hash);
    }

    @Override
    public String toString() {
        return algorithm.prefix + ":" + hex;
    }

    private static boolean isLowerHex(String text) {
        return text.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
    }

    private static InvalidNameException invalid(String text) {
        return new InvalidNameException(InvalidNameException.Kind.DIGEST, "digest " + InvalidNameException.quoted(text)
                + " is not valid: use sha256: and 64, or sha512: and 128 lower-case hexadecimal digits");
    }
}
