package dev.freshet.cache.store;

import java.io.IOException;

/** Says that the store could not do what was asked; the message begins with what that was. */
public class StoreException extends IOException {

    private static final long serialVersionUID = 1L;

    public StoreException(String message) {
        super(message);
    }

    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
