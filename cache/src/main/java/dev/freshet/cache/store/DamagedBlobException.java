package dev.freshet.cache.store;

import dev.freshet.cache.name.Digest;

/** Says that stored content cannot be read back as it was written; it is of no use any more and should be removed. */
public final class DamagedBlobException extends StoreException {

    private static final long serialVersionUID = 1L;

    public DamagedBlobException(Digest digest, String what, Throwable cause) {
        super("read of " + digest + " failed: " + what + "; remove it, and it is fetched again", cause);
    }

    public DamagedBlobException(Digest digest, String what) {
        super("read of " + digest + " failed: " + what + "; remove it, and it is fetched again");
    }
}
