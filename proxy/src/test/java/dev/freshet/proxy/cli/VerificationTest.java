package dev.freshet.proxy.cli;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.store.BlobStore;
import dev.freshet.cache.store.BlobStoreKit;
import dev.freshet.cache.store.BlobWriter;
import dev.freshet.cache.store.InMemoryBlobStore;
import dev.freshet.cache.store.StoreEvent;
import dev.freshet.cache.store.StoreException;
import dev.freshet.proxy.cli.Verification.Damage;
import dev.freshet.proxy.cli.Verification.Outcome;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** {@link Verification} of stores on the heap. */
class VerificationTest {

    private static final byte[] CONTENT = BlobStoreKit.bytes(1, 1_000_000);
    private static final Digest DIGEST = Digest.sha256(CONTENT);

    private final InMemoryBlobStore store = new InMemoryBlobStore();
    private final AtomicLong read = new AtomicLong();
    private final Collection<Damage> heard = new ConcurrentLinkedQueue<>();

    private final class Listening implements Verification.Watcher {

        @Override
        public void read(long count) {
            read.addAndGet(count);
        }

        @Override
        public void damaged(Damage damage) {
            heard.add(damage);
        }
    }

    @AfterEach
    void nothingIsLeftOpen() {
        assertThat(store.openBlobs()).isZero();
    }

    @Test
    void everythingIsReadOfAnySizeAndHash() throws Exception {
        BlobStoreKit.commit(store, CONTENT);
        BlobStoreKit.commit(store, new byte[0]);
        MessageDigest hash = Digest.Algorithm.SHA512.newHash();
        hash.update(CONTENT);
        put(Digest.of(Digest.Algorithm.SHA512, hash), CONTENT);
        for (int i = 0; i < 500; i++) {
            BlobStoreKit.commit(store, BlobStoreKit.bytes(i, 1000 + i));
        }

        Outcome outcome = verify(false);

        assertThat(outcome.isGood()).isTrue();
        assertThat(outcome.blobs()).isEqualTo(503);
        assertThat(outcome.bytes()).isEqualTo(store.usage().bytes()).isEqualTo(read.get());
        assertThat(heard).isEmpty();
    }

    @Test
    void nothingIsUsedByIt() throws Exception {
        BlobStoreKit.commit(store, CONTENT);

        verify(false);

        assertThat(read).hasValue(CONTENT.length);
        assertThat(store.uses()).isZero();
    }

    @Test
    void anEmptyStoreIsGood() throws Exception {
        assertThat(verify(true)).isEqualTo(new Outcome(0, 0, List.of(), 0, true));
    }

    @Test
    void bytesThatHashDifferentlyAreDamage() throws Exception {
        put(DIGEST, new byte[]{1, 2, 3});

        Outcome outcome = verify(false);

        assertThat(outcome.isGood()).isFalse();
        assertThat(outcome.damages()).containsExactly(
                new Damage(DIGEST, "its bytes hash to " + Digest.sha256(new byte[]{1, 2, 3}), false));
        assertThat(heard).containsExactlyElementsOf(outcome.damages());
        assertThat(store.usage().objects()).isEqualTo(1);
    }

    @Test
    void whatCannotBeReadIsDamage() throws Exception {
        BlobStoreKit.commit(store, CONTENT);
        store.damage(DIGEST);

        Outcome outcome = verify(false);

        assertThat(outcome.damages()).singleElement()
                .satisfies(damage -> assertThat(damage.reason()).startsWith("read of " + DIGEST + " failed"));
    }

    @Test
    void whatHasNoRecordThatCanBeReadIsDamage() throws Exception {
        BlobStoreKit.commit(store, CONTENT);

        Outcome outcome = new Verification(false, new Listening())
                .run(new ListedOnly(store, DIGEST, ListedOnly.Fault.ABSENT), 2);

        assertThat(outcome.damages()).containsExactly(new Damage(DIGEST, "its record cannot be read", false));
    }

    @Test
    void whatCannotBeOpenedIsDamage() throws Exception {
        BlobStoreKit.commit(store, CONTENT);

        Outcome outcome = new Verification(true, new Listening())
                .run(new ListedOnly(store, DIGEST, ListedOnly.Fault.FAILING), 2);

        assertThat(outcome.damages()).containsExactly(new Damage(DIGEST, "open failed", true));
        assertThat(store.usage().objects()).isZero();
    }

    @Test
    void repairDropsWhatIsDamagedAndNothingElse() throws Exception {
        Digest good = BlobStoreKit.commit(store, CONTENT);
        Digest wrong = Digest.sha256(new byte[]{9});
        put(wrong, new byte[]{1, 2, 3});

        Outcome outcome = verify(true);

        assertThat(outcome.isGood()).isTrue();
        assertThat(outcome.dropped()).isEqualTo(1);
        assertThat(store.open(wrong)).isEmpty();
        assertThat(BlobStoreKit.stored(store, good)).isEqualTo(CONTENT);
        assertThat(verify(false).damages()).isEmpty();
    }

    @Test
    void damageThatCannotBeDroppedIsLeftAndToldOf() throws Exception {
        BlobStoreKit.commit(store, CONTENT);

        Outcome outcome = new Verification(true, new Listening())
                .run(new ListedOnly(store, DIGEST, ListedOnly.Fault.FAILING_AND_STAYING), 2);

        assertThat(outcome.isGood()).isFalse();
        assertThat(outcome.damages()).containsExactly(
                new Damage(DIGEST, "open failed; and it could not be dropped: removal failed", false));
    }

    @Test
    void whatTheStoreFindsByItselfCountsOnce() throws Exception {
        Verification verification = new Verification(false, new Listening());
        BlobStoreKit.commit(store, CONTENT);

        verification.accept(new StoreEvent.Damaged(DIGEST, "its file is gone"));
        Outcome outcome = verification.run(new ListedOnly(store, DIGEST, ListedOnly.Fault.ABSENT), 2);

        assertThat(outcome.damages()).containsExactly(new Damage(DIGEST, "its file is gone", true));
        assertThat(heard).hasSize(1);
    }

    @Test
    void aDefectIsNeverTakenForASuccess() throws Exception {
        BlobStoreKit.commit(store, CONTENT);

        assertThatThrownBy(() -> new Verification(false, new Listening())
                .run(new ListedOnly(store, DIGEST, ListedOnly.Fault.BROKEN), 2)).hasMessage("a defect");
    }

    @Test
    void aStoreThatCannotSayWhatItHoldsFails() {
        store.close();

        assertThatThrownBy(() -> verify(false)).isInstanceOf(StoreException.class);
    }

    private Outcome verify(boolean repair) throws StoreException {
        return new Verification(repair, new Listening()).run(store, 2);
    }

    private void put(Digest digest, byte[] content) throws StoreException {
        BlobStore target = store;
        try (BlobWriter writer = target.begin(digest, OptionalLong.empty())) {
            writer.append(ByteBuffer.wrap(content));
            writer.commit().close();
        }
    }
}
