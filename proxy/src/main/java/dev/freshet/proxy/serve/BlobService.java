package dev.freshet.proxy.serve;

import dev.freshet.cache.fill.ContentCache;
import dev.freshet.cache.fill.ContentException;
import dev.freshet.cache.fill.Lookup;
import dev.freshet.cache.fill.OpenedContent;
import dev.freshet.cache.fill.OriginException;
import dev.freshet.proxy.answer.Answer;
import dev.freshet.proxy.answer.CacheStatus;
import dev.freshet.proxy.error.Errors;
import dev.freshet.proxy.range.RangeSet;
import dev.freshet.proxy.range.Selection;
import dev.freshet.proxy.route.Route;
import dev.freshet.proxy.serve.BlobGrant.Basis;
import dev.freshet.proxy.serve.BlobOpener.OpenBlob;
import dev.freshet.proxy.serve.repository.ForeignLayers;
import dev.freshet.proxy.serve.repository.Links;
import dev.freshet.proxy.serve.repository.PullListener;
import dev.freshet.proxy.serve.repository.Registries;
import dev.freshet.proxy.upstream.UpstreamException;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The service for blobs. A request is a line: <em>may this repository have it</em> ({@link BlobPermissions}), <em>open</em>
 * ({@link BlobOpener}), <em>answer</em>. The URLs of a foreign layer are one more origin behind the same line.
 */
final class BlobService {

    private final Registries registries;
    private final ContentCache cache;
    private final BlobPermissions permissions;
    private final BlobOpener opener;
    private final PullListener pulls;

    BlobService(Registries registries, ContentCache cache, Links links, ForeignLayers foreign, PullListener pulls) {
        this.registries = registries;
        this.cache = cache;
        this.permissions = new BlobPermissions(registries, cache, links, foreign);
        this.opener = new BlobOpener(cache, permissions);
        this.pulls = pulls;
    }

    /** Answers GET. */
    Answer get(Route.Blob blob, RangeSet ranges) throws OriginException, ContentException, InterruptedException {
        pulls.wanted(blob.repository(), blob.digest());
        BlobGrant grant = permissions.find(blob, true);
        try {
            failIfKnownToLack(blob, grant, ranges);
            return answer(blob, grant, ranges);
        } catch (ContentException | UpstreamException e) {
            Optional<BlobGrant> other = permissions.afterFailure(blob, grant.basis(), e);
            if (other.isEmpty()) {
                throw e;
            }
            return answer(blob, other.get(), ranges);
        }
    }

    /** Begins no fill of a blob that the registry has just said it does not have; some ranges may be stored nevertheless. */
    private void failIfKnownToLack(Route.Blob blob, BlobGrant grant, RangeSet ranges) throws UpstreamException {
        if (grant.basis() == Basis.OFFERED || !ranges.wantsAll()) {
            return;
        }
        Optional<UpstreamException> absence = registries.registry(blob.repository().registry())
                .absence(blob.repository(), blob.digest());
        if (absence.isPresent() && !cache.has(blob.digest())) {
            throw absence.get();
        }
    }

    private Answer answer(Route.Blob blob, BlobGrant grant, RangeSet ranges)
            throws OriginException, ContentException, InterruptedException {
        Optional<OpenBlob> opened = opener.open(blob, grant, ranges);
        if (opened.isEmpty()) {
            return new Answer.Failure(Errors.busy(), CacheStatus.PASSED);
        }
        OpenBlob open = opened.get();
        return new Answer.Blob(blob.digest(), open.length(), open.selection(), Optional.of(open.content()),
                open.grant().status(open.use()));
    }

    /** Answers HEAD; ranges are for GET only (RFC 9110, section 14.2). */
    Answer head(Route.Blob blob) throws OriginException, ContentException, InterruptedException {
        BlobGrant grant = permissions.find(blob, false);
        try {
            return head(blob, grant);
        } catch (UpstreamException e) {
            Optional<BlobGrant> other = permissions.afterFailure(blob, grant.basis(), e);
            if (other.isEmpty()) {
                throw e;
            }
            return head(blob, other.get());
        }
    }

    private Answer head(Route.Blob blob, BlobGrant grant)
            throws OriginException, ContentException, InterruptedException {
        Optional<Lookup> found = grant.origins().get().sharingScope().isEmpty()
                ? cache.find(blob.digest())
                : Optional.empty();
        Optional<OpenedContent> content = found.flatMap(BlobOpener::content);
        if (content.isEmpty()) {
            OptionalLong length = grant.size().isPresent() ? grant.size() : permissions.probe(blob).size();
            return head(blob, length, CacheStatus.PASSED);
        }
        boolean isJoined = found.get() instanceof Lookup.Joined;
        try (OpenedContent opened = content.get()) {
            OptionalLong length = isJoined && isStated(grant)
                    ? grant.size()
                    : opened.awaitLength(BlobOpener.HEAD_TIMEOUT);
            return head(blob, length, grant.status(CacheStatus.of(opened, isJoined)));
        }
    }

    /** A fill may be of another upstream, and silent: it is not waited for when this repository's registry has led to the length. */
    private static boolean isStated(BlobGrant grant) {
        return grant.basis() != Basis.OFFERED && grant.size().isPresent();
    }

    private static Answer head(Route.Blob blob, OptionalLong length, CacheStatus status) {
        return new Answer.Blob(blob.digest(), length, new Selection.Whole(), Optional.empty(), status);
    }
}
