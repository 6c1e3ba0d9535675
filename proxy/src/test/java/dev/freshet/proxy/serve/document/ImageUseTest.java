package dev.freshet.proxy.serve.document;

import dev.freshet.cache.catalog.InMemoryCatalog;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.BlobStoreKit;
import dev.freshet.cache.store.InMemoryBlobStore;
import dev.freshet.testbed.ManualClock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** {@link Images}, with one image of a manifest and two parts. */
class ImageUseTest {

    private final InMemoryBlobStore store = new InMemoryBlobStore();
    private final InMemoryCatalog catalog = new InMemoryCatalog();
    private final AtomicLong losses = new AtomicLong();
    private final ManualClock clock = new ManualClock();
    private final ImageUse images = new ImageUse(store, catalog, losses::get, clock);

    private final byte[] layer = BlobStoreKit.bytes(1, 1000);
    private final Digest layerDigest = Digest.sha256(layer);
    private Digest manifest = layerDigest;

    @BeforeEach
    void storeTheImage() throws Exception {
        manifest = BlobStoreKit.commit(store, BlobStoreKit.bytes(2, 1000));
        Digest config = BlobStoreKit.commit(store, BlobStoreKit.bytes(4, 100));
        images.put(manifest, Set.of(config, BlobStoreKit.commit(store, layer)));
    }

    @Test
    void anImageOfWhichEverythingIsStoredIsWhole() {
        assertThat(images.use(manifest)).isTrue();
    }

    @Test
    void anImageIsNotWholeWithoutALayerOrItsManifest() throws Exception {
        store.remove(layerDigest);
        boolean withoutLayer = images.use(manifest);
        BlobStoreKit.commit(store, layer);
        boolean again = images.use(manifest);
        losses.incrementAndGet();
        store.remove(manifest);

        assertThat(withoutLayer).isFalse();
        assertThat(again).isTrue();
        assertThat(images.use(manifest)).isFalse();
    }

    @Test
    void aWholeImageIsNotLookedAtAgainForAMoment() throws Exception {
        images.use(manifest);
        store.remove(layerDigest);

        boolean within = images.use(manifest);
        clock.advance(Duration.ofMillis(100));

        assertThat(within).isTrue();
        assertThat(images.use(manifest)).isFalse();
    }

    @Test
    void aLossEndsTheMoment() throws Exception {
        images.use(manifest);
        store.remove(layerDigest);
        losses.incrementAndGet();

        assertThat(images.use(manifest)).isFalse();
    }

    @Test
    void aClockThatIsSetBackEndsTheMoment() throws Exception {
        images.use(manifest);
        store.remove(layerDigest);
        clock.advance(Duration.ofHours(-1));

        assertThat(images.use(manifest)).isFalse();
    }

    @Test
    void aManifestOfWhichNoPartsAreKnownIsWholeWhenItIsStored() throws Exception {
        Digest index = BlobStoreKit.commit(store, BlobStoreKit.bytes(3, 1000));
        images.put(index, Set.of());

        assertThat(images.use(index)).isTrue();
        assertThat(images.use(Digest.sha256(new byte[]{1}))).isFalse();
    }

    @Test
    void whatCannotBeLookedUpCountsAsNotStored() {
        catalog.failCalls(true);

        assertThat(images.use(manifest)).isFalse();
    }
}
