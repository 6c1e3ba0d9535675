package dev.freshet.cache.catalog;

/** The contract on the heap. */
class InMemoryPartsTest extends PartsContract {

    @Override
    protected Catalog openEmpty() {
        return new InMemoryCatalog();
    }
}
