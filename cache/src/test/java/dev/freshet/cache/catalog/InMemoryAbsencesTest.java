package dev.freshet.cache.catalog;

/** The contract on the heap. */
class InMemoryAbsencesTest extends AbsencesContract {

    @Override
    protected Catalog openEmpty() {
        return new InMemoryCatalog();
    }
}
