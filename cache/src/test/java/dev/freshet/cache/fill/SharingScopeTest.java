package dev.freshet.cache.fill;

import dev.freshet.cache.name.Repository;
import dev.freshet.cache.store.ByteRange;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

import static dev.freshet.cache.fill.ScriptedOrigin.head;
import static org.assertj.core.api.Assertions.assertThat;

/** Fills from origins that are not trusted: they neither take nor leave anything, until the digest is right. */
class SharingScopeTest extends LeftOverKit {

    private final Foreign foreign = new Foreign("https://a/");

    /** An origin with a sharing scope until it has sent the right bytes. */
    private static final class Foreign implements BlobOrigin {

        private final ScriptedOrigin script = new ScriptedOrigin();
        private final String kin;
        private final List<Boolean> judgements = new CopyOnWriteArrayList<>();
        private volatile Runnable whenJudged = () -> {};

        Foreign(String kin) {
            this.kin = kin;
        }

        @Override
        public Repository repository() {
            return script.repository();
        }

        @Override
        public Transfer open(ByteRange wanted) throws OriginException, InterruptedException {
            return script.open(wanted);
        }

        @Override
        public Optional<Object> sharingScope() {
            return judgements.contains(true) ? Optional.empty() : Optional.of(kin);
        }

        @Override
        public void judged(boolean isRight) {
            judgements.add(isRight);
            whenJudged.run();
        }
    }

    private Lookup open(Foreign from) {
        return cache.open(DIGEST, OptionalLong.of(LENGTH), from);
    }

    @Test
    void whatIsStoredIsNotFoundUntilTheOriginHasDeliveredIt() throws Exception {
        origin.thenAll(CONTENT);
        try (OpenedContent common = openContent()) {
            Reading.toEnd(common);
        }
        listener.awaitEnd();
        foreign.script.thenAll(CONTENT);

        boolean before = cache.has(DIGEST, foreign);
        Lookup first = open(foreign);
        byte[] body = Reading.toEnd(Reading.content(first));
        listener.awaitEnd();
        boolean after = cache.has(DIGEST, foreign);
        Lookup second = open(foreign);

        assertThat(before).isFalse();
        assertThat(first).isInstanceOf(Lookup.Started.class);
        assertThat(body).isEqualTo(CONTENT);
        assertThat(after).isTrue();
        assertThat(second).isInstanceOf(Lookup.Stored.class);
        assertThat(foreign.judgements).containsExactly(true);
        close(first, second);
    }

    @Test
    void whenTheOriginIsVouchedForTheBlobIsStored() throws Exception {
        AtomicReference<Optional<Lookup>> found = new AtomicReference<>(Optional.empty());
        foreign.whenJudged = () -> found.set(cache.find(DIGEST));
        foreign.script.thenAll(CONTENT);

        Lookup scoped = open(foreign);
        Reading.toEnd(Reading.content(scoped));
        listener.awaitEnd();

        assertThat(found.get()).containsInstanceOf(Lookup.Stored.class);
        close(scoped, found.get().orElseThrow());
    }

    @Test
    void aFillWithASharingScopeIsStoredForAllWhenItsDigestIsRight() throws Exception {
        foreign.script.thenAll(CONTENT);

        Lookup scoped = open(foreign);
        byte[] body = Reading.toEnd(Reading.content(scoped));
        listener.awaitEnd();
        Lookup common = open();

        assertThat(body).isEqualTo(CONTENT);
        assertThat(common).isInstanceOf(Lookup.Stored.class);
        close(scoped, common);
    }

    @Test
    void aRunningFillIsJoinedByItsOwnKindOnly() throws Exception {
        Foreign same = new Foreign("https://a/");
        Foreign other = new Foreign("https://b/");

        Lookup common = open();
        Lookup leading = open(foreign);
        Lookup joined = open(same);
        Lookup scoped = open(other);
        boolean isThere = cache.has(DIGEST, same);
        boolean isNotThere = cache.has(DIGEST, new Foreign("https://c/"));
        origin.thenAll(CONTENT);
        foreign.script.thenAll(CONTENT);
        other.script.thenAll(CONTENT);

        assertThat(common).isInstanceOf(Lookup.Started.class);
        assertThat(leading).isInstanceOf(Lookup.Started.class);
        assertThat(joined).isInstanceOf(Lookup.Joined.class);
        assertThat(scoped).isInstanceOf(Lookup.Started.class);
        assertThat(isThere).isTrue();
        assertThat(isNotThere).isFalse();
        for (Lookup lookup : List.of(common, leading, joined, scoped)) {
            assertThat(Reading.toEnd(Reading.content(lookup))).isEqualTo(CONTENT);
        }
        assertThat(same.script.opens()).isZero();
        close(common, leading, joined, scoped);
    }

    @Test
    void aLeftOverIsNotTakenUp() throws Exception {
        leave(CONTENT, 100_000);
        foreign.script.thenAll(CONTENT);

        Lookup scoped = open(foreign);
        byte[] body = Reading.toEnd(Reading.content(scoped));

        assertThat(body).isEqualTo(CONTENT);
        assertThat(foreign.script.froms()).containsExactly(0L);
        close(scoped);
    }

    @Test
    void aPartIsNotTakenFromALeftOver() throws Exception {
        leave(CONTENT, 100_000);
        foreign.script.thenAll(CONTENT);

        Lookup scoped = cache.open(DIGEST, OptionalLong.of(LENGTH), false, foreign);
        try (OpenedContent content = Reading.content(scoped)) {
            content.awaitLength(MINUTE);
            content.want(List.of(new ByteRange(0, 10)));
            Reading.awaitReadable(content, 9);
        }

        assertThat(foreign.script.opens()).isEqualTo(1);
    }

    @Test
    void nothingIsLeftByAFillThatBreaks() throws Exception {
        foreign.script.then(head(LENGTH), bytes(0, 200_000), new Step.Refuse("gone"));
        Lookup scoped = open(foreign);
        ContentException failure = failure(Reading.content(scoped));
        close(scoped);
        awaitNoWriter();
        origin.thenAll(CONTENT);

        Lookup common = open();
        byte[] body = Reading.toEnd(Reading.content(common));

        assertThat(failure).hasMessageContaining("gone");
        assertThat(body).isEqualTo(CONTENT);
        assertThat(origin.froms()).containsExactly(0L);
        assertThat(foreign.judgements).isEmpty();
        close(common);
    }

    @Test
    void wrongBytesAndWrongLengthsAreJudgedWrong() throws Exception {
        byte[] wrong = CONTENT.clone();
        wrong[LENGTH - 1]++;
        foreign.script.thenAll(wrong);
        Lookup first = open(foreign);
        failure(Reading.content(first));
        listener.awaitEnd();
        foreign.script.then(head(LENGTH + 1));
        Lookup second = open(foreign);
        failure(Reading.content(second));
        listener.awaitEnd();

        assertThat(foreign.judgements).containsExactly(false, false);
        assertThat(foreign.sharingScope()).isPresent();
        assertThat(isStored(DIGEST)).isFalse();
        close(first, second);
    }

    @Test
    void theFillOfACommonOriginIsNotJudged() throws Exception {
        foreign.judged(true);
        foreign.script.thenAll(CONTENT);

        Lookup common = open(foreign);
        Reading.toEnd(Reading.content(common));
        listener.awaitEnd();

        assertThat(foreign.judgements).containsExactly(true);
        close(common);
    }

    private static void close(Lookup... lookups) {
        for (Lookup lookup : lookups) {
            Reading.content(lookup).close();
        }
    }
}
