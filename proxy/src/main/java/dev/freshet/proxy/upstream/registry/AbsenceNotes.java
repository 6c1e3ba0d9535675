package dev.freshet.proxy.upstream.registry;

import dev.freshet.cache.catalog.Resource;
import dev.freshet.cache.name.Repository;
import java.time.Instant;
import java.util.Optional;

/**
 * Notes of what registries have said that they do not have, which outlive a restart. Best effort: what cannot be read is
 * unknown, and what cannot be written is not kept. Safe for use by several threads.
 */
public interface AbsenceNotes {

    /** No notes at all. */
    AbsenceNotes NONE = new AbsenceNotes() {

        @Override
        public Optional<Instant> find(Repository repository, Resource resource) {
            return Optional.empty();
        }

        @Override
        public void put(Repository repository, Resource resource, Instant confirmedAt) {}

        @Override
        public void remove(Repository repository, Resource resource) {}
    };

    /** When the registry last said that it does not have it; empty also where anything else says that it does. */
    Optional<Instant> find(Repository repository, Resource resource);

    /** Notes that the registry has said that it does not have it. */
    void put(Repository repository, Resource resource, Instant confirmedAt);

    /** Forgets it, as the registry has it. */
    void remove(Repository repository, Resource resource);
}
