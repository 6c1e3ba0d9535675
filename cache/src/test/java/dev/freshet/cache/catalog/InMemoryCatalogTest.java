package dev.freshet.cache.catalog;

import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.name.Tag;
import dev.freshet.cache.store.StoreException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The contract on the heap. */
class InMemoryCatalogTest extends CatalogContract {

    @Override
    protected Catalog openEmpty() {
        return new InMemoryCatalog();
    }

    @Test
    void callsFailWhenTheTestSaysSo() {
        Catalog failing = new InMemoryCatalog().failCalls(true);
        Repository repository = new Repository(new RegistryHost("docker.io"), "library/busybox");

        assertThatThrownBy(() -> failing.tag(repository, new Tag("latest"))).isInstanceOf(StoreException.class);
    }
}
