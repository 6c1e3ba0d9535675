package dev.freshet.proxy.serve.document;

import dev.freshet.cache.catalog.Question;
import dev.freshet.cache.catalog.TagEntry;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.Repository;
import dev.freshet.proxy.serve.repository.Facts;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/**
 * The lists that are kept: as content, under their digest, so that they count and go like any other, with a note of whose
 * they are. Keeping is best effort, as for manifests.
 */
final class ListingShelf {

    private final SmallContents contents;
    private final Facts facts;

    ListingShelf(SmallContents contents, Facts facts) {
        this.contents = contents;
        this.facts = facts;
    }

    /**
     * A list that is kept.
     *
     * @param list as it was handed in
     * @param entry its digest, and when its registry last said so
     */
    record Kept(String list, TagEntry entry) {}

    /** The list; empty when it is not here, or not whole. */
    Optional<Kept> find(Repository repository, Question question) {
        return facts.answer(repository, question)
                .flatMap(entry -> contents.read(entry.digest())
                        .map(list -> new Kept(new String(list, StandardCharsets.UTF_8), entry)));
    }

    /** Keeps a list, or notes that it is as it was; says which it is. */
    Digest keep(Repository repository, Question question, String list, Optional<Kept> before, Instant now) {
        byte[] body = list.getBytes(StandardCharsets.UTF_8);
        Digest digest = Digest.sha256(body);
        boolean isAsBefore = before.map(kept -> kept.entry().digest().equals(digest)).orElse(false);
        if (isAsBefore || contents.keep(digest, body)) {
            facts.putAnswer(repository, question, new TagEntry(digest, now));
        }
        return digest;
    }

    /** Forgets whose a list is: its registry no longer has it. */
    void forget(Repository repository, Question question) {
        facts.removeAnswer(repository, question);
    }
}
