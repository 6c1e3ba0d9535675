package dev.freshet.proxy.serve.document;

import dev.freshet.cache.catalog.ContentKind;
import dev.freshet.cache.catalog.Question;
import dev.freshet.cache.catalog.Resource;
import dev.freshet.cache.catalog.TagEntry;
import dev.freshet.cache.fill.FailureReason;
import dev.freshet.cache.fill.OriginException;
import dev.freshet.cache.fresh.Freshness;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.Repository;
import dev.freshet.proxy.answer.Answer;
import dev.freshet.proxy.answer.CacheStatus;
import dev.freshet.proxy.route.Route;
import dev.freshet.proxy.serve.repository.Facts;
import dev.freshet.proxy.serve.repository.Registries;
import dev.freshet.proxy.serve.repository.SharedCalls;
import dev.freshet.proxy.serve.repository.SharedCalls.Outcome;
import dev.freshet.proxy.serve.repository.SharedCalls.UpstreamCall;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.registry.Registry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The service for lists of tags and of referrers. A list is always fetched completely. It is good for the TTL of tags and,
 * while its registry does not answer, within the bound of staleness.
 */
public final class ListingService {

    private static final Logger LOG = LoggerFactory.getLogger(ListingService.class);

    private final Registries registries;
    private final SmallContents contents;
    private final Facts facts;
    private final InstantSource clock;
    private final SharedCalls<Call, Found> calls = new SharedCalls<>();

    public ListingService(Registries registries, SmallContents contents, Facts facts, InstantSource clock) {
        this.registries = registries;
        this.contents = contents;
        this.facts = facts;
        this.clock = clock;
    }

    /**
     * A list in the cache: content under its digest, with a note of its repository. Keeping is best effort, as for manifests.
     *
     * @param entry its digest, and when its registry last said so
     */
    private record Kept(String list, TagEntry entry) {}

    private record Call(Repository repository, Question question) {}

    /**
     * A list to serve.
     *
     * @param known when that was last confirmed; empty unless it is relied on
     */
    private record Found(String list, CacheStatus status, Optional<TagEntry> known) {

        static Found asKept(Kept kept, CacheStatus status) {
            return new Found(kept.list(), status, Optional.of(kept.entry()));
        }

        Found collapsed() {
            return status == CacheStatus.MISS ? new Found(list, CacheStatus.COLLAPSED, known) : this;
        }
    }

    /** Lists some of a repository's tags. */
    public Answer tags(Route.Tags route) throws OriginException, InterruptedException {
        Repository repository = route.repository();
        Found found = find(new Call(repository, new Question.Tags()),
                () -> registry(repository).tags(repository, TagList::of).text());
        TagList list = TagList.kept(found.list());
        List<String> page = list.page(route.page());
        return new Answer.Listing("application/json", TagList.json(repository.name(), page),
                list.more(page).map(route.page()::next), Optional.empty(), found.status(), age(found));
    }

    /** Lists what refers to a manifest. */
    public Answer referrers(Route.Referrers route) throws OriginException, InterruptedException {
        Repository repository = route.repository();
        Found found = find(new Call(repository, new Question.Referrers(route.subject())),
                () -> registry(repository).referrers(repository, route.subject(), ReferrersList::of).json());
        String body = route.artifactType().isEmpty()
                ? found.list()
                : ReferrersList.kept(found.list()).orElseThrow(() -> noIndex(route))
                        .only(route.artifactType().get()).json();
        return new Answer.Listing(ReferrersList.MEDIA_TYPE, body, Optional.empty(),
                route.artifactType().map(type -> "artifactType"), found.status(), age(found));
    }

    private static UpstreamException noIndex(Route.Referrers route) {
        return UpstreamException.badAnswer("GET of the referrers of " + route.repository() + "@" + route.subject()
                + " from upstream " + route.repository().registry() + " failed: its body is no index");
    }

    private Optional<Duration> age(Found found) {
        return found.known().map(entry -> Freshness.age(clock.instant(), entry));
    }

    private Found find(Call call, UpstreamCall<String> fetch) throws OriginException, InterruptedException {
        Optional<Found> fresh = kept(call).flatMap(kept -> fresh(call, kept));
        if (fresh.isPresent()) {
            return fresh.get();
        }
        Outcome<Found> outcome = calls.get(call, () -> ask(call, fetch));
        return outcome.shared() ? outcome.value().collapsed() : outcome.value();
    }

    private Optional<Kept> kept(Call call) {
        return facts.answer(call.repository(), call.question())
                .flatMap(entry -> contents.read(entry.digest())
                        .map(list -> new Kept(new String(list, StandardCharsets.UTF_8), entry)));
    }

    private Optional<Found> fresh(Call call, Kept kept) {
        return freshness(call, kept) == Freshness.FRESH
                ? Optional.of(Found.asKept(kept, CacheStatus.HIT))
                : Optional.empty();
    }

    /** Asks, unless another call has ended with an answer since this one's client looked. */
    private Found ask(Call call, UpstreamCall<String> fetch) throws OriginException, InterruptedException {
        Optional<Kept> kept = kept(call);
        Optional<Found> fresh = kept.flatMap(known -> fresh(call, known));
        if (fresh.isPresent()) {
            return fresh.get();
        }
        try {
            return fetched(call, fetch.make(), kept);
        } catch (UpstreamException e) {
            Optional<Kept> last = kept.or(() -> knownEmpty(call, e));
            if (last.isEmpty() || !registries.mayServeStale(call.repository().registry(), e)
                    || freshness(call, last.get()) == Freshness.EXPIRED) {
                if (e.reason() == FailureReason.NOT_FOUND && e.isItsWord()) {
                    facts.removeAnswer(call.repository(), call.question());
                }
                throw e;
            }
            LOG.atLevel(Registries.levelOf(e)).log("serving {} of {} as it was at {}: {}", call.question(),
                    call.repository(), last.get().entry().confirmedAt(), e.getMessage());
            return Found.asKept(last.get(), CacheStatus.STALE);
        }
    }

    private Found fetched(Call call, String list, Optional<Kept> before) {
        if (call.question() instanceof Question.Referrers(Digest subject) && !isWorthKeeping(call, subject, list)) {
            facts.put(call.repository(), new Resource.Referrer(subject), Instant.ofEpochMilli(clock.millis()));
            return new Found(list, CacheStatus.PASSED, Optional.empty());
        }
        byte[] body = list.getBytes(StandardCharsets.UTF_8);
        Digest digest = Digest.sha256(body);
        boolean isAsBefore = before.map(kept -> kept.entry().digest().equals(digest)).orElse(false);
        if (isAsBefore || contents.keep(digest, body)) {
            facts.putAnswer(call.repository(), call.question(),
                    new TagEntry(digest, Instant.ofEpochMilli(clock.millis())));
        }
        return new Found(list, isAsBefore ? CacheStatus.REVALIDATED : CacheStatus.MISS, Optional.empty());
    }

    /**
     * Registries say of any digest that nothing refers to it: of those that are no manifests here, the list is not kept. It is
     * noted as an absence, of which there are only so many, for as long as the registry is away.
     */
    private boolean isWorthKeeping(Call call, Digest subject, String list) {
        return !ReferrersList.isEmpty(list)
                || facts.link(call.repository(), ContentKind.MANIFEST, subject).isPresent();
    }

    private Optional<Kept> knownEmpty(Call call, UpstreamException failure) {
        return failure.reason() != FailureReason.NOT_FOUND
                && call.question() instanceof Question.Referrers(Digest subject)
                        ? facts.find(call.repository(), new Resource.Referrer(subject)).map(
                                since -> new Kept(ReferrersList.EMPTY, new TagEntry(ReferrersList.EMPTY_DIGEST, since)))
                        : Optional.empty();
    }

    private Freshness freshness(Call call, Kept kept) {
        return Freshness.of(clock.instant(), kept.entry(), registries.tagPolicy(call.repository().registry()));
    }

    private Registry registry(Repository repository) {
        return registries.registry(repository.registry());
    }
}
