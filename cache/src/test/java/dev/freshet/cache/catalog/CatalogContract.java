package dev.freshet.cache.catalog;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.name.Tag;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What {@link Catalog} promises. */
public abstract class CatalogContract {

    private static final Repository BUSYBOX = repository("docker.io", "library/busybox");
    private static final Tag LATEST = new Tag("latest");
    private static final Digest ONE = Digest.sha256(new byte[]{1});
    private static final Digest TWO = new Digest(Digest.Algorithm.SHA512, "ab".repeat(64));
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00.123Z");
    private static final Link LAYER = new Link(ContentKind.BLOB, "application/vnd.oci.image.layer.v1.tar+gzip",
            OptionalLong.of(5_000_000_000L));

    private Catalog catalog = new InMemoryCatalog();

    /** Opens an empty catalog. */
    protected abstract Catalog openEmpty() throws Exception;

    @BeforeEach
    void openCatalog() throws Exception {
        catalog = openEmpty();
    }

    private static Repository repository(String registry, String name) {
        return new Repository(new RegistryHost(registry), name);
    }

    @Test
    void whatWasNeverStatedIsAbsent() throws Exception {
        assertThat(catalog.tag(BUSYBOX, LATEST)).isEmpty();
        assertThat(catalog.link(BUSYBOX, ContentKind.BLOB, ONE)).isEmpty();
    }

    @Test
    void aTagMeansWhatWasStatedLast() throws Exception {
        catalog.putTag(BUSYBOX, LATEST, new TagEntry(ONE, NOON));
        catalog.putTag(BUSYBOX, LATEST, new TagEntry(TWO, NOON.plusSeconds(1)));

        assertThat(catalog.tag(BUSYBOX, LATEST)).contains(new TagEntry(TWO, NOON.plusSeconds(1)));
    }

    @Test
    void aTagIsDatedToTheMillisecond() throws Exception {
        catalog.putTag(BUSYBOX, LATEST, new TagEntry(ONE, NOON.plusNanos(999_999)));

        assertThat(catalog.tag(BUSYBOX, LATEST)).contains(new TagEntry(ONE, NOON));
    }

    @Test
    void aRemovedTagIsAbsent() throws Exception {
        catalog.putTag(BUSYBOX, LATEST, new TagEntry(ONE, NOON));

        catalog.removeTag(BUSYBOX, LATEST);
        catalog.removeTag(BUSYBOX, LATEST);

        assertThat(catalog.tag(BUSYBOX, LATEST)).isEmpty();
    }

    @Test
    void oneTagOfTwoRegistriesOrRepositoriesIsNeverMixed() throws Exception {
        catalog.putTag(BUSYBOX, LATEST, new TagEntry(ONE, NOON));

        assertThat(catalog.tag(repository("ghcr.io", "library/busybox"), LATEST)).isEmpty();
        assertThat(catalog.tag(repository("docker.io", "library"), LATEST)).isEmpty();
        assertThat(catalog.tag(repository("docker.io", "library/busybox/latest"), LATEST)).isEmpty();
        assertThat(catalog.tag(repository("docker.iol", "ibrary/busybox"), LATEST)).isEmpty();
        assertThat(catalog.tag(BUSYBOX, new Tag("lates"))).isEmpty();
    }

    @Test
    void linksAreStatedTogetherAndReplaced() throws Exception {
        Link manifest = new Link(ContentKind.MANIFEST, "", OptionalLong.empty());
        catalog.putLinks(BUSYBOX, Map.of(ONE, LAYER, TWO, manifest));
        assertThat(catalog.link(BUSYBOX, ContentKind.BLOB, ONE)).contains(LAYER);
        assertThat(catalog.link(BUSYBOX, ContentKind.MANIFEST, TWO)).contains(manifest);

        Link replaced = new Link(ContentKind.BLOB, "text/plain; charset=\"ü\"", OptionalLong.of(0));
        catalog.putLinks(BUSYBOX, Map.of(ONE, replaced));

        assertThat(catalog.link(BUSYBOX, ContentKind.BLOB, ONE)).contains(replaced);
    }

    @Test
    void aLinkIsDatedToTheMillisecondOrNotAtAll() throws Exception {
        catalog.putLinks(BUSYBOX, Map.of(ONE, LAYER.at(NOON.plusNanos(999_999)), TWO, LAYER));
        assertThat(catalog.link(BUSYBOX, ContentKind.BLOB, ONE)).contains(LAYER.at(NOON));
        assertThat(catalog.link(BUSYBOX, ContentKind.BLOB, TWO)).contains(LAYER);

        Link bare = new Link(ContentKind.BLOB, "", OptionalLong.empty());
        catalog.putLinks(BUSYBOX, Map.of(ONE, bare.at(Instant.ofEpochMilli(-1)), TWO, bare.at(NOON)));

        assertThat(catalog.link(BUSYBOX, ContentKind.BLOB, ONE)).contains(bare.at(Instant.ofEpochMilli(-1)));
        assertThat(catalog.link(BUSYBOX, ContentKind.BLOB, TWO)).contains(bare.at(NOON));
    }

    @Test
    void removedLinksAreAbsentAndNoOthers() throws Exception {
        Repository alpine = repository("docker.io", "library/alpine");
        Link manifest = new Link(ContentKind.MANIFEST, "", OptionalLong.empty(), Optional.of(NOON));
        for (Repository repository : List.of(BUSYBOX, alpine)) {
            catalog.putLinks(repository, Map.of(ONE, LAYER, TWO, LAYER));
            catalog.putLinks(repository, Map.of(ONE, manifest));
        }

        catalog.removeLinks(BUSYBOX, ContentKind.BLOB, Set.of(ONE, Digest.sha256(new byte[0])));
        catalog.removeLinks(BUSYBOX, ContentKind.BLOB, Set.of());

        assertThat(catalog.link(BUSYBOX, ContentKind.BLOB, ONE)).isEmpty();
        assertThat(catalog.link(BUSYBOX, ContentKind.BLOB, TWO)).contains(LAYER);
        assertThat(catalog.link(BUSYBOX, ContentKind.MANIFEST, ONE)).contains(manifest);
        assertThat(catalog.link(alpine, ContentKind.BLOB, ONE)).contains(LAYER);
    }

    @Test
    void aLinkHoldsForItsRepositoryAndKindOnly() throws Exception {
        catalog.putLinks(BUSYBOX, Map.of(ONE, LAYER));

        assertThat(catalog.link(repository("docker.io", "library/alpine"), ContentKind.BLOB, ONE)).isEmpty();
        assertThat(catalog.link(repository("ghcr.io", "library/busybox"), ContentKind.BLOB, ONE)).isEmpty();
        assertThat(catalog.link(BUSYBOX, ContentKind.MANIFEST, ONE)).isEmpty();
    }

    @Test
    void oneDigestMayBeKnownAsBothKinds() throws Exception {
        Link manifest = new Link(ContentKind.MANIFEST, "application/json", OptionalLong.of(2));
        catalog.putLinks(BUSYBOX, Map.of(ONE, LAYER));

        catalog.putLinks(BUSYBOX, Map.of(ONE, manifest));

        assertThat(catalog.link(BUSYBOX, ContentKind.BLOB, ONE)).contains(LAYER);
        assertThat(catalog.link(BUSYBOX, ContentKind.MANIFEST, ONE)).contains(manifest);
    }

    @Test
    void thousandsOfLinksAreStatedAtOnce() throws Exception {
        Map<Digest, Link> links = new HashMap<>();
        for (int i = 0; i < 5_000; i++) {
            links.put(Digest.sha256(Integer.toString(i).getBytes(StandardCharsets.US_ASCII)), LAYER);
        }

        catalog.putLinks(BUSYBOX, links);
        catalog.putLinks(BUSYBOX, Map.of());

        for (Digest digest : links.keySet()) {
            assertThat(catalog.link(BUSYBOX, ContentKind.BLOB, digest)).contains(LAYER);
        }
    }
}
