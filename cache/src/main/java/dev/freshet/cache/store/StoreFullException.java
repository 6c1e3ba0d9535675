package dev.freshet.cache.store;

/** The failure of a write for lack of room in a store that works; the content can be served without being stored. */
public final class StoreFullException extends StoreException {

    private static final long serialVersionUID = 1L;

    public StoreFullException(String message) {
        super(message);
    }
}
