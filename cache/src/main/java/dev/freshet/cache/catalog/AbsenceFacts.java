package dev.freshet.cache.catalog;

import dev.freshet.cache.name.Repository;
import dev.freshet.cache.store.StoreException;
import java.time.Instant;
import java.util.Optional;

/**
 * The absences that registries have stated, and when. An absence and a statement that it is there are facts of their
 * own: neither takes the other out.
 */
public interface AbsenceFacts {

    /** As many absences of one registry are kept at most. */
    int MOST_ABSENCES = 16_384;

    /** When the registry last said so, to the millisecond; empty when it never did, or that is forgotten. */
    Optional<Instant> absence(Repository repository, Resource resource) throws StoreException;

    /**
     * States that a repository does not have it; of {@link Resource.ReferrersApi}, that none of the registry's does. Where a
     * registry would have too many absences, some of those confirmed longest ago are forgotten; those confirmed after this
     * one, before a clock was set back, count as the oldest.
     */
    void putAbsence(Repository repository, Resource resource, Instant confirmedAt) throws StoreException;

    /** Forgets that it is absent; nothing happens when that is not known. */
    void removeAbsence(Repository repository, Resource resource) throws StoreException;
}
