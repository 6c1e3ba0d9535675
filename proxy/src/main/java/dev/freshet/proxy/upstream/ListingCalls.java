package dev.freshet.proxy.upstream;

import dev.freshet.cache.flight.OriginException;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.Repository;
import dev.freshet.proxy.upstream.RegistryCalls.Ask;
import dev.freshet.proxy.upstream.UpstreamEvents.RequestKind;
import dev.freshet.proxy.upstream.UpstreamException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import okhttp3.HttpUrl;
import okhttp3.Request;

/**
 * Fetches lists, page by page (OCI distribution spec 1.1, "Listing Tags" and "Listing Referrers"). All pages of one together
 * may have {@value PatientCalls#MAX_LENGTH} bytes and take a minute, or one page's patience if that is longer; there may be {@value #MOST_PAGES} of them.
 */
final class ListingCalls {

    static final int MOST_PAGES = 1000;

    /** What no registry refuses as too much; without it, some give but 50 at a time. */
    private static final String TAGS_OF_A_PAGE = "n=1000";

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Upstream upstream;
    private final PatientCalls calls;
    private final Pace pace;

    ListingCalls(Upstream upstream, PatientCalls calls, Pace pace) {
        this.upstream = upstream;
        this.calls = calls;
        this.pace = pace;
    }

    List<byte[]> tags(Repository repository, Duration patience) throws OriginException, InterruptedException {
        HttpUrl url = upstream.endpoint(repository.name(), "tags", "list").newBuilder().encodedQuery(TAGS_OF_A_PAGE)
                .build();
        return pages(new Ask("GET of the tags of " + repository, RequestKind.TAGS, repository.name(),
                request(url, "application/json"), Optional.of(patience)), "list of tags", patience);
    }

    /** Registries without that endpoint do not all say 404; for clients, it is one and the same. */
    List<byte[]> referrers(Repository repository, Digest subject, Duration patience)
            throws OriginException, InterruptedException {
        HttpUrl url = upstream.endpoint(repository.name(), "referrers", subject.toString());
        return pages(new Ask("GET of the referrers of " + repository + "@" + subject, RequestKind.REFERRERS,
                repository.name(), request(url, "application/vnd.oci.image.index.v1+json"),
                Optional.of(patience)), "index", patience);
    }

    private static Request request(HttpUrl url, String accepted) {
        return new Request.Builder().url(url).header("Accept", accepted).build();
    }

    private List<byte[]> pages(Ask first, String noun, Duration patience) throws OriginException, InterruptedException {
        List<byte[]> pages = new ArrayList<>();
        Set<String> asked = new HashSet<>();
        HttpUrl url = first.request().url();
        long began = pace.nanoTime();
        long bytes = 0;
        Optional<String> query = Optional.ofNullable(url.encodedQuery()).or(() -> Optional.of(""));
        while (query.isPresent()) {
            String failed = first.what() + " from upstream " + upstream.name() + " failed: ";
            if (!asked.add(query.get())) {
                throw new UpstreamException(Kind.BAD_ANSWER, failed + "its pages lead round in a circle");
            }
            if (asked.size() > MOST_PAGES) {
                throw new UpstreamException(Kind.BAD_ANSWER, failed + "it has more than " + MOST_PAGES + " pages");
            }
            Duration longest = PATIENCE.compareTo(patience) > 0 ? PATIENCE : patience;
            if (pace.nanoTime() - began > longest.toNanos()) {
                throw new UpstreamException(Kind.STALLED, failed + "its pages took longer than "
                        + longest.toSeconds() + " s");
            }
            Page page = page(first, url.newBuilder().encodedQuery(query.get().isEmpty() ? null : query.get()).build(),
                    noun, patience);
            pages.add(page.body());
            query = page.next();
            bytes += page.body().length;
            if (bytes > PatientCalls.MAX_LENGTH) {
                throw new UpstreamException(Kind.BAD_ANSWER, failed + "its pages are longer than "
                        + PatientCalls.MAX_LENGTH + " bytes together");
            }
        }
        return pages;
    }

    /** A page, and the encoded query of the next one. */
    private record Page(byte[] body, Optional<String> next) {}

    private Page page(Ask first, HttpUrl url, String noun, Duration patience)
            throws OriginException, InterruptedException {
        Ask ask = new Ask(first.what(), first.kind(), first.repositoryName(),
                first.request().newBuilder().url(url).build(), first.patience());
        return calls.ask(ask, patience, (response, failed) -> {
            Optional<String> next = NextPage.of(url, response.headers("Link"), failed);
            return new Page(calls.body(response, failed, noun), next);
        });
    }
}
