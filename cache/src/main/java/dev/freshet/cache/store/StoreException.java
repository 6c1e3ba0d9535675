package dev.freshet.cache.store;

import java.io.IOException;

/** The failure of a call on a store; the message begins with what was attempted. */
public class StoreException extends IOException {

    private static final long serialVersionUID = 1L;

    public StoreException(String message) {
        super(message);
    }

    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
