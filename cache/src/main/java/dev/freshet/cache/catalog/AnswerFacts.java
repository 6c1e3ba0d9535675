package dev.freshet.cache.catalog;

import dev.freshet.cache.name.Repository;
import dev.freshet.cache.store.StoreException;
import java.util.Optional;

/**
 * The answers of registries to {@linkplain Question questions}: the digest of a manifest or of a list, and when. The
 * content itself is for a store to keep.
 */
public interface AnswerFacts {

    /** As many {@linkplain Question.Variant variants} of one tag are kept. */
    int MOST_VARIANTS = 8;

    /** What was answered when it was last confirmed; empty when it was never asked, or is forgotten. */
    Optional<TagEntry> answer(Repository repository, Question question) throws StoreException;

    /**
     * States an answer. Where a tag would have more than {@value #MOST_VARIANTS} variants, the one that was confirmed
     * longest ago is forgotten, and before it one that was confirmed later than this: its time was wrong.
     */
    void putAnswer(Repository repository, Question question, TagEntry answer) throws StoreException;

    /** Forgets an answer; nothing happens when there is none. */
    void removeAnswer(Repository repository, Question question) throws StoreException;
}
