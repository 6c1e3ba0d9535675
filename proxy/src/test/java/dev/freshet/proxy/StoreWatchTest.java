package dev.freshet.proxy;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.EvictionReason;
import dev.freshet.cache.store.StoreEvent;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** {@link StoreWatch}. */
class StoreWatchTest {

    private static final Digest DIGEST = Digest.sha256(new byte[0]);

    private final StoreWatch watch = new StoreWatch();

    @Test
    void lossesAreCounted() {
        watch.accept(new StoreEvent.Evicted(DIGEST, 10, EvictionReason.SPACE));
        watch.accept(new StoreEvent.Damaged(DIGEST, "flipped"));
        watch.accept(new StoreEvent.Lost(3, 4096, "gone"));
        watch.accept(new StoreEvent.Writable());

        assertThat(watch.losses()).isEqualTo(5);
    }

    @Test
    void theLastReasonIsRemembered() {
        String before = watch.whyUnwritable();
        watch.accept(new StoreEvent.Unwritable("the disk is full"));
        watch.accept(new StoreEvent.Writable());
        watch.accept(new StoreEvent.Unwritable("the disk fails"));

        assertThat(before).isEqualTo("no reason is known");
        assertThat(watch.whyUnwritable()).isEqualTo("the disk fails");
    }
}
