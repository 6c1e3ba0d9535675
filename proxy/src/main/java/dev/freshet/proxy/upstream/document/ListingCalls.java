package dev.freshet.proxy.upstream.document;
import dev.freshet.cache.fill.FailureReason;
import dev.freshet.cache.fill.OriginException;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.store.Event;
import dev.freshet.proxy.upstream.Scheduler;
import dev.freshet.proxy.upstream.Upstream;
import dev.freshet.proxy.upstream.UpstreamEvent.RequestKind;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.call.RegistryRequest;
import dev.freshet.proxy.upstream.call.ResponseClassifier;
import dev.freshet.proxy.upstream.call.RetriedCalls;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import okhttp3.HttpUrl;
import okhttp3.Request;

/**
 * Fetches lists, page by page (OCI distribution spec 1.1, "Listing Tags" and "Listing Referrers"). All pages of one together
 * may have {@value DocumentBody#MAX_LENGTH} bytes and take a minute, or one page's patience if that is longer; there may be {@value #MOST_PAGES} of them.
 */
public final class ListingCalls {

    static final int MOST_PAGES = 1000;

    /** What no registry refuses as too much; without it, some give but 50 at a time. */
    private static final String TAGS_OF_A_PAGE = "n=1000";

    private static final String INDEX = "application/vnd.oci.image.index.v1+json";

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Upstream upstream;
    private final RetriedCalls calls;
    private final DocumentBody body;
    private final Scheduler scheduler;

    public ListingCalls(Upstream upstream, RetriedCalls calls, Consumer<Event> events, Scheduler scheduler) {
        this.upstream = upstream;
        this.calls = calls;
        this.body = new DocumentBody(upstream.name(), events);
        this.scheduler = scheduler;
    }

    /**
     * Fetches the list of a repository's tags.
     *
     * @param patience how long one page may take
     * @param parse what the pages list; empty when one of them is no list of tags
     */
    public <T> T tags(Repository repository, Duration patience, Function<List<byte[]>, Optional<T>> parse)
            throws OriginException, InterruptedException {
        HttpUrl url = upstream.endpoint(repository.name(), "tags", "list").newBuilder().encodedQuery(TAGS_OF_A_PAGE)
                .build();
        return list(new RegistryRequest("GET of the tags of " + repository, RequestKind.TAGS, repository.name(),
                request(url, "application/json"), Optional.of(patience)), "list of tags", parse);
    }

    /**
     * Registries without that endpoint do not all say 404; for clients, it is one and the same.
     *
     * @param patience how long one page may take
     * @param parse what the pages list; empty when one of them is no index
     */
    public <T> T referrers(Repository repository, Digest subject, Duration patience,
            Function<List<byte[]>, Optional<T>> parse)
            throws OriginException, InterruptedException {
        HttpUrl url = upstream.endpoint(repository.name(), "referrers", subject.toString());
        return list(new RegistryRequest("GET of the referrers of " + repository + "@" + subject, RequestKind.REFERRERS,
                repository.name(), request(url, INDEX), Optional.of(patience)), "index", parse);
    }

    private static Request request(HttpUrl url, String accepted) {
        return new Request.Builder().url(url).header("Accept", accepted).build();
    }

    /** A page of a list. */
    private static final class Page {

        private final HttpUrl at;
        private final byte[] body;
        private final String type;
        private final List<String> links;

        /**
         * @param at where it came from, after redirects
         * @param type as it came, without parameters
         * @param links the lines of its {@code Link} header
         */
        Page(HttpUrl at, byte[] body, String type, List<String> links) {
            this.at = at;
            this.body = body;
            this.type = type;
            this.links = links;
        }
    }

    /** A body that comes as an index, and is none, is a bad answer; a body of another type means that there is no list. */
    private <T> T list(RegistryRequest ask, String noun, Function<List<byte[]>, Optional<T>> parse)
            throws OriginException, InterruptedException {
        List<Page> pages = pages(ask, noun);
        Optional<T> list = parse.apply(pages.stream().map(page -> page.body).toList());
        if (list.isPresent()) {
            return list.get();
        }
        String message = ask.what() + " from upstream " + upstream.name() + " failed: its body is no " + noun;
        throw pages.size() > 1 || pages.getFirst().type.equals(INDEX)
                ? new UpstreamException(FailureReason.BAD_ANSWER, message)
                : ResponseClassifier.failure(ask, UpstreamException.inferred(message, null));
    }

    private List<Page> pages(RegistryRequest first, String noun) throws OriginException, InterruptedException {
        List<Page> pages = new ArrayList<>();
        Set<String> asked = new HashSet<>();
        HttpUrl url = first.request().url();
        long began = scheduler.nanoTime();
        long bytes = 0;
        Optional<String> query = Optional.ofNullable(url.encodedQuery()).or(() -> Optional.of(""));
        String failed = first.what() + " from upstream " + upstream.name() + " failed: ";
        Duration patience = first.patience().orElseThrow();
        Duration longest = PATIENCE.compareTo(patience) > 0 ? PATIENCE : patience;
        while (query.isPresent()) {
            if (!asked.add(query.get())) {
                throw new UpstreamException(FailureReason.BAD_ANSWER, failed + "its pages lead round in a circle");
            }
            if (asked.size() > MOST_PAGES) {
                throw new UpstreamException(FailureReason.BAD_ANSWER,
                        failed + "it has more than " + MOST_PAGES + " pages");
            }
            if (scheduler.nanoTime() - began > longest.toNanos()) {
                throw new UpstreamException(FailureReason.STALLED, failed + "its pages took longer than "
                        + longest.toSeconds() + " s");
            }
            HttpUrl asking = url.newBuilder().encodedQuery(query.get().isEmpty() ? null : query.get()).build();
            Page page = page(first, asking, noun, pages.isEmpty());
            pages.add(page);
            query = NextPage.of(page.at, page.links, failed);
            bytes += page.body.length;
            if (bytes > DocumentBody.MAX_LENGTH) {
                throw new UpstreamException(FailureReason.BAD_ANSWER, failed + "its pages are longer than "
                        + DocumentBody.MAX_LENGTH + " bytes together");
            }
        }
        return pages;
    }

    /** Asks for a page; that one after the first is not there says nothing of the list. */
    private Page page(RegistryRequest first, HttpUrl url, String noun, boolean isFirst)
            throws OriginException, InterruptedException {
        RegistryRequest ask = first.with(first.request().newBuilder().url(url).build());
        try {
            return calls.ask(ask,
                    (response, failed) -> new Page(response.request().url(), body.read(response, failed, noun),
                            MediaTypes.bare(response.header("Content-Type")), response.headers("Link")));
        } catch (UpstreamException e) {
            throw e.reason() == FailureReason.NOT_FOUND && !isFirst
                    ? new UpstreamException(FailureReason.BAD_ANSWER,
                            e.getMessage() + "; the page before it has led there", e,
                            null)
                    : e;
        }
    }
}
