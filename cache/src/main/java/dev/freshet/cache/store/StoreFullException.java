package dev.freshet.cache.store;

/** Says that there is no room for content, though the store is well; it can be served without being stored. */
public final class StoreFullException extends StoreException {

    private static final long serialVersionUID = 1L;

    public StoreFullException(String message) {
        super(message);
    }
}
