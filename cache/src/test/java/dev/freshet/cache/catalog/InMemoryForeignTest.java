package dev.freshet.cache.catalog;

/** The contract on the heap. */
class InMemoryForeignTest extends ForeignContract {

    @Override
    protected Catalog openEmpty() {
        return new InMemoryCatalog();
    }
}
