package dev.freshet.proxy;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.EvictionReason;
import dev.freshet.cache.store.StoreListener;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** {@link StoreWatch}. */
class StoreWatchTest {

    private static final Digest DIGEST = Digest.sha256(new byte[0]);

    private final List<String> heard = new ArrayList<>();
    private final StoreWatch watch = new StoreWatch(new StoreListener() {

        @Override
        public void evicted(Digest digest, long bytes, EvictionReason reason) {
            heard.add("evicted " + digest + " " + bytes + " " + reason);
        }

        @Override
        public void damaged(Digest digest, String message) {
            heard.add("damaged " + digest + " " + message);
        }

        @Override
        public void lost(long blobs, long bytes, String message) {
            heard.add("lost " + blobs + " " + bytes + " " + message);
        }

        @Override
        public void unwritable(String why) {
            heard.add("unwritable " + why);
        }

        @Override
        public void writable() {
            heard.add("writable");
        }
    });

    @Test
    void lossesAreCounted() {
        watch.evicted(DIGEST, 10, EvictionReason.SPACE);
        watch.damaged(DIGEST, "flipped");
        watch.lost(3, 4096, "gone");
        watch.writable();

        assertThat(watch.losses()).isEqualTo(5);
        assertThat(heard).contains("lost 3 4096 gone");
    }

    @Test
    void theLastReasonIsRemembered() {
        String before = watch.whyUnwritable();
        watch.unwritable("the disk is full");
        watch.writable();
        watch.unwritable("the disk fails");

        assertThat(before).isEqualTo("no reason is known");
        assertThat(watch.whyUnwritable()).isEqualTo("the disk fails");
    }

    @Test
    void everythingIsPassedOn() {
        watch.evicted(DIGEST, 10, EvictionReason.INCOMPLETE_IMAGE);
        watch.damaged(DIGEST, "flipped");
        watch.unwritable("the disk is full");
        watch.writable();

        assertThat(heard).containsExactly("evicted " + DIGEST + " 10 INCOMPLETE_IMAGE",
                "damaged " + DIGEST + " flipped",
                "unwritable the disk is full", "writable");
    }
}
