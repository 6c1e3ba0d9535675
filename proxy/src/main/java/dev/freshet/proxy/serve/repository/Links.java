package dev.freshet.proxy.serve.repository;

import dev.freshet.cache.catalog.ContentKind;
import dev.freshet.cache.catalog.Link;
import dev.freshet.cache.fill.OriginException;
import dev.freshet.cache.fresh.Freshness;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.Repository;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The links of repositories to the content that they hold, and how far each may be relied on: the registry has to confirm it
 * after {@code freshness.link-ttl}. A link without a time, of an earlier release, counts as confirmed when this process
 * started, and gets that time when it is first used.
 */
public final class Links {

    private static final Logger LOG = LoggerFactory.getLogger(Links.class);

    private static final int MOST_WITHDRAWN = 1_000;

    private final Registries registries;
    private final Facts facts;
    private final Executor beside;
    private final InstantSource clock;
    private final Instant startedAt;
    private final Set<Held> running = ConcurrentHashMap.newKeySet();
    private final Set<Held> withdrawn = Collections.newSetFromMap(Collections.synchronizedMap(new LinkedHashMap<>() {

        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Held, Boolean> eldest) {
            return size() > MOST_WITHDRAWN;
        }
    }));

    /** @param beside runs confirmations that no request waits for */
    public Links(Registries registries, Facts facts, Executor beside, InstantSource clock) {
        this.registries = registries;
        this.facts = facts;
        this.beside = beside;
        this.clock = clock;
        this.startedAt = now();
    }

    /** Content of a repository. */
    public record Held(Repository repository, ContentKind kind, Digest digest) {

        @Override
        public String toString() {
            return repository + "@" + digest;
        }
    }

    /** A question to a registry whether a repository still holds content; notes the answer. */
    public interface Confirmation {

        void ask() throws OriginException, InterruptedException;
    }

    /** How the repository holds it; empty when it is not known to. */
    public Optional<Link> find(Held held) {
        return facts.link(held.repository(), held.kind(), held.digest()).map(link -> dated(held, link));
    }

    private Link dated(Held held, Link link) {
        if (link.confirmedAt().isPresent()) {
            return link;
        }
        Link dated = link.at(startedAt);
        facts.putLinks(held.repository(), Map.of(held.digest(), dated));
        return dated;
    }

    /** How far a link may be relied on now. */
    public Freshness freshness(Repository repository, Link link) {
        return Freshness.ofPermission(now(), link.confirmedAt().orElse(startedAt), policy(repository));
    }

    /** Whether a confirmation is worth noting: half of the TTL has passed since the last one. */
    public boolean isDue(Repository repository, Link link) {
        Instant confirmedAt = link.confirmedAt().orElse(startedAt);
        Duration half = policy(repository).ttl().dividedBy(2);
        return confirmedAt.isAfter(now()) || Duration.between(confirmedAt, now()).compareTo(half) >= 0;
    }

    /** Notes what the registry has just said that the repository holds. */
    public void put(Repository repository, Map<Digest, Link> links) {
        Instant now = now();
        Map<Digest, Link> dated = new HashMap<>();
        links.forEach((digest, link) -> dated.put(digest, link.at(now)));
        facts.putLinks(repository, dated);
    }

    /** Forgets that the repository holds these. */
    public void remove(Repository repository, ContentKind kind, Set<Digest> digests) {
        facts.removeLinks(repository, kind, digests);
        digests.forEach(digest -> withdrawn.add(new Held(repository, kind, digest)));
    }

    /** Whether the repository is known to hold it, or was, as far as that is remembered; up to 1,000 that it was are. */
    public boolean isOrWasHeld(Held held) {
        return find(held).isPresent() || withdrawn.contains(held);
    }

    /** Has the registry asked while the request goes on; by one at a time. */
    public void confirmBeside(Held held, Confirmation confirmation) {
        if (!running.add(held)) {
            return;
        }
        try {
            beside.execute(() -> confirm(held, confirmation));
        } catch (RejectedExecutionException e) {
            running.remove(held);
            LOG.debug("confirmation of {} not begun: {}", held, e.toString());
        }
    }

    private void confirm(Held held, Confirmation confirmation) {
        try {
            confirmation.ask();
        } catch (OriginException e) {
            LOG.debug("confirmation of {} failed: {}", held, e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.error("confirmation failed by a defect", e);
        } finally {
            running.remove(held);
        }
    }

    private Freshness.Policy policy(Repository repository) {
        return registries.linkPolicy(repository.registry());
    }

    private Instant now() {
        return Instant.ofEpochMilli(clock.millis());
    }
}
