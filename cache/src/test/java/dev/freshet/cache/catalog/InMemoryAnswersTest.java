package dev.freshet.cache.catalog;

/** The contract on the heap. */
class InMemoryAnswersTest extends AnswersContract {

    @Override
    protected Catalog openEmpty() {
        return new InMemoryCatalog();
    }
}
