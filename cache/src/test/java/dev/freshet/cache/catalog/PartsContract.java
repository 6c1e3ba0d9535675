package dev.freshet.cache.catalog;

import dev.freshet.cache.name.Digest;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What {@link Catalog} promises about the parts of images. */
public abstract class PartsContract {

    private static final Digest MANIFEST = Digest.sha256(new byte[]{1});
    private static final Digest OTHER = new Digest(Digest.Algorithm.SHA512, "cd".repeat(64));
    private static final Digest CONFIG = Digest.sha256(new byte[]{2});
    private static final Digest LAYER = new Digest(Digest.Algorithm.SHA512, "ab".repeat(64));

    private Catalog catalog = new InMemoryCatalog();

    /** Opens an empty catalog. */
    protected abstract Catalog openEmpty() throws Exception;

    @BeforeEach
    void openCatalog() throws Exception {
        catalog = openEmpty();
    }

    @Test
    void partsThatWereNeverStatedAreNone() throws Exception {
        assertThat(catalog.parts(MANIFEST)).isEmpty();
    }

    @Test
    void partsAreThoseStatedLast() throws Exception {
        catalog.putParts(MANIFEST, Set.of(CONFIG, OTHER));
        catalog.putParts(MANIFEST, Set.of(CONFIG, LAYER));

        assertThat(catalog.parts(MANIFEST)).containsExactlyInAnyOrder(CONFIG, LAYER);
    }

    @Test
    void partsOfOneManifestAreNoneOfAnother() throws Exception {
        catalog.putParts(MANIFEST, Set.of(CONFIG));
        catalog.putParts(OTHER, Set.of(LAYER));

        assertThat(catalog.parts(MANIFEST)).containsExactly(CONFIG);
        assertThat(catalog.parts(OTHER)).containsExactly(LAYER);
        assertThat(catalog.parts(LAYER)).isEmpty();
    }

    @Test
    void aManifestMayHaveNoParts() throws Exception {
        catalog.putParts(MANIFEST, Set.of(CONFIG));

        catalog.putParts(MANIFEST, Set.of());

        assertThat(catalog.parts(MANIFEST)).isEmpty();
    }

    @Test
    void anImageMayHaveThousandsOfParts() throws Exception {
        Set<Digest> parts = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            parts.add(Digest.sha256(Integer.toString(i).getBytes(StandardCharsets.US_ASCII)));
        }

        catalog.putParts(MANIFEST, parts);

        assertThat(catalog.parts(MANIFEST)).isEqualTo(parts);
    }
}
