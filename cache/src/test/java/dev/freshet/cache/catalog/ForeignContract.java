package dev.freshet.cache.catalog;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.name.Repository;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What {@link ForeignFacts} promises. */
public abstract class ForeignContract {

    private static final RegistryHost HUB = new RegistryHost("docker.io");
    private static final RegistryHost LAB = new RegistryHost("lab");
    private static final Repository PAUSE = new Repository(HUB, "rancher/pause");
    private static final Repository OTHER = new Repository(HUB, "rancher/pause2");
    private static final Digest BLOB = Digest.sha256(new byte[]{1});
    private static final Digest LONG_BLOB = new Digest(Digest.Algorithm.SHA512, "ab".repeat(64));
    private static final Digest MANIFEST = Digest.sha256(new byte[]{2});
    private static final Digest OTHER_MANIFEST = Digest.sha256(new byte[]{3});
    private static final String URL = "https://mcr.microsoft.com/v2/x?ü";
    private static final ForeignLayer LAYER = new ForeignLayer("application/x", 5_000_000_000L, List.of(URL, "", "b"));
    private static final ForeignLayer OTHER_LAYER = new ForeignLayer("", 0, List.of());

    private ForeignFacts facts = new InMemoryCatalog();

    /** Opens an empty catalog. */
    protected abstract Catalog openEmpty() throws Exception;

    @BeforeEach
    void openCatalog() throws Exception {
        facts = openEmpty();
    }

    @Test
    void whatWasNeverStatedIsAbsent() throws Exception {
        assertThat(facts.foreign(PAUSE, BLOB, 9)).isEmpty();
        assertThat(facts.delivered(HUB, BLOB, URL)).isFalse();
    }

    @Test
    void eachManifestListsForItself() throws Exception {
        facts.putForeign(PAUSE, MANIFEST, Map.of(BLOB, LAYER, LONG_BLOB, OTHER_LAYER));
        facts.putForeign(PAUSE, OTHER_MANIFEST, Map.of(BLOB, OTHER_LAYER));

        assertThat(facts.foreign(PAUSE, BLOB, 9)).containsExactlyInAnyOrder(LAYER, OTHER_LAYER);
        assertThat(facts.foreign(PAUSE, LONG_BLOB, 9)).containsExactly(OTHER_LAYER);
        assertThat(facts.foreign(PAUSE, BLOB, 1)).hasSize(1);
    }

    @Test
    void aLaterStatementOfTheSameManifestReplacesTheEarlierOne() throws Exception {
        facts.putForeign(PAUSE, MANIFEST, Map.of(BLOB, LAYER));

        facts.putForeign(PAUSE, MANIFEST, Map.of(BLOB, OTHER_LAYER));

        assertThat(facts.foreign(PAUSE, BLOB, 9)).containsExactly(OTHER_LAYER);
    }

    @Test
    void whatIsListedHoldsForItsRepositoryOnly() throws Exception {
        facts.putForeign(PAUSE, MANIFEST, Map.of(BLOB, LAYER));

        assertThat(facts.foreign(OTHER, BLOB, 9)).isEmpty();
        assertThat(facts.foreign(new Repository(LAB, PAUSE.name()), BLOB, 9)).isEmpty();
        assertThat(facts.foreign(PAUSE, MANIFEST, 9)).isEmpty();
    }

    @Test
    void whatHasDeliveredABlobIsToldByItsRegistryAndUrl() throws Exception {
        facts.putDelivered(HUB, BLOB, List.of(URL, "https://b/"));

        assertThat(facts.delivered(HUB, BLOB, URL)).isTrue();
        assertThat(facts.delivered(HUB, BLOB, "https://b/")).isTrue();
        assertThat(facts.delivered(HUB, BLOB, "https://c/")).isFalse();
        assertThat(facts.delivered(LAB, BLOB, URL)).isFalse();
        assertThat(facts.delivered(HUB, LONG_BLOB, URL)).isFalse();
    }

    @Test
    void whatIsListedAndDeliveredIsNoLink() throws Exception {
        Catalog catalog = openEmpty();

        catalog.putForeign(PAUSE, MANIFEST, Map.of(BLOB, LAYER));
        catalog.putDelivered(HUB, BLOB, List.of(URL));

        assertThat(catalog.link(PAUSE, ContentKind.BLOB, BLOB)).isEmpty();
        assertThat(catalog.link(PAUSE, ContentKind.MANIFEST, MANIFEST)).isEmpty();
    }
}
