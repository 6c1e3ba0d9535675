package dev.freshet.cache.store;

import dev.freshet.cache.name.Digest;

/** The failure of a read of stored content that is not what was written; the content should be removed. */
public final class DamagedBlobException extends StoreException {

    private static final long serialVersionUID = 1L;

    public DamagedBlobException(Digest digest, String what, Throwable cause) {
        super("read of " + digest + " failed: " + what + "; remove it, and it is fetched again", cause);
    }

    public DamagedBlobException(Digest digest, String what) {
        super("read of " + digest + " failed: " + what + "; remove it, and it is fetched again");
    }
}
