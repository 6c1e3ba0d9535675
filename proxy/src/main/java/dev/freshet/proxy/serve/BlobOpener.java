package dev.freshet.proxy.serve;

import dev.freshet.cache.fill.Content;
import dev.freshet.cache.fill.ContentCache;
import dev.freshet.cache.fill.ContentException;
import dev.freshet.cache.fill.FillOutcome;
import dev.freshet.cache.fill.Lookup;
import dev.freshet.cache.fill.OpenedContent;
import dev.freshet.cache.fill.OriginException;
import dev.freshet.cache.name.Repository;
import dev.freshet.proxy.answer.CacheStatus;
import dev.freshet.proxy.range.RangeSet;
import dev.freshet.proxy.range.Selection;
import dev.freshet.proxy.route.Route;
import dev.freshet.proxy.serve.BlobGrant.Basis;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** The opening of blobs in the cache, up to the point where the head of an answer is known. Safe for use by several threads. */
final class BlobOpener {

    /** Clients wait at least 20 s for a head; Freshet answers before. */
    static final Duration HEAD_TIMEOUT = Duration.ofSeconds(15);

    private final ContentCache cache;
    private final BlobPermissions permissions;

    BlobOpener(ContentCache cache, BlobPermissions permissions) {
        this.cache = cache;
        this.permissions = permissions;
    }

    /**
     * A blob whose bytes can be sent.
     *
     * @param grant allows to serve it
     * @param content closed by the owner of this
     * @param length bytes; empty when the origin does not say
     * @param selection the part of the blob that the ranges select; the whole when the length is not known
     * @param use how the cache is used
     */
    record OpenBlob(BlobGrant grant, Content content, OptionalLong length, Selection selection, CacheStatus use) {}

    private record Found(BlobGrant grant, Lookup lookup) {}

    /**
     * Opens a blob and waits for its length. Ranges that turn out to select all of it are opened as the whole, so that the
     * last bytes wait for the digest.
     *
     * @return empty when as many fills as allowed are running and waiting
     */
    Optional<OpenBlob> open(Route.Blob blob, BlobGrant grant, RangeSet ranges)
            throws OriginException, ContentException, InterruptedException {
        boolean isWhole = ranges.wantsAll();
        Optional<OpenBlob> opened = open(blob, grant, ranges, isWhole);
        if (isWhole || opened.isEmpty() || !coversAll(opened.get())) {
            return opened;
        }
        opened.get().content().close();
        return open(blob, opened.get().grant(), ranges, true);
    }

    private static boolean coversAll(OpenBlob opened) {
        return opened.selection().coversAll(opened.length().orElse(0));
    }

    /** Opens once more when another repository has begun the fill, and its origin fails. */
    private Optional<OpenBlob> open(Route.Blob blob, BlobGrant grant, RangeSet ranges, boolean isWhole)
            throws OriginException, ContentException, InterruptedException {
        Found found = find(blob, grant, isWhole);
        try {
            return awaitHead(blob, found, ranges, isWhole);
        } catch (ContentException e) {
            if (!isFailureOfAnother(blob, found.lookup(), e)) {
                throw e;
            }
        }
        return awaitHead(blob, find(blob, found.grant(), isWhole), ranges, isWhole);
    }

    private static boolean isFailureOfAnother(Route.Blob blob, Lookup lookup, ContentException failure) {
        FillOutcome end = failure.end();
        return lookup instanceof Lookup.Joined(OpenedContent content, Repository leader)
                && !leader.equals(blob.repository())
                && end != null && end.isOfItsOrigin();
    }

    /** Finds what the grant allows to serve; where it does not, another request has begun a fill meanwhile, and the registry is asked. */
    private Found find(Route.Blob blob, BlobGrant grant, boolean isWhole) throws OriginException, InterruptedException {
        Lookup lookup = lookUp(blob, grant, isWhole);
        if (grant.allows(lookup)) {
            return new Found(grant, lookup);
        }
        content(lookup).ifPresent(OpenedContent::close);
        BlobGrant proven = permissions.probe(blob);
        return new Found(proven, lookUp(blob, proven, isWhole));
    }

    private Lookup lookUp(Route.Blob blob, BlobGrant grant, boolean isWhole) {
        return cache.open(blob.digest(), grant.size(), isWhole, grant.origins().get());
    }

    private Optional<OpenBlob> awaitHead(Route.Blob blob, Found found, RangeSet ranges, boolean isWhole)
            throws ContentException, InterruptedException {
        Optional<OpenedContent> content = content(found.lookup());
        return content.isPresent()
                ? Optional.of(awaitHead(blob, found, content.get(), ranges, isWhole))
                : Optional.empty();
    }

    private OpenBlob awaitHead(Route.Blob blob, Found found, OpenedContent content, RangeSet ranges, boolean isWhole)
            throws ContentException, InterruptedException {
        boolean isOpen = false;
        try {
            OptionalLong length = content.awaitLength(HEAD_TIMEOUT);
            Selection selection = length.isPresent() ? ranges.within(length.getAsLong()) : new Selection.Whole();
            if (!isWhole && selection instanceof Selection.Parts parts && !parts.coversAll(length.orElse(0))) {
                content.want(parts.list());
                content.awaitAnswer();
            }
            CacheStatus use = CacheStatus.of(content, found.lookup() instanceof Lookup.Joined);
            BlobGrant grant = found.grant().basis() == Basis.UNPROVEN
                    ? permissions.proven(blob, length)
                    : found.grant();
            isOpen = true;
            return new OpenBlob(grant, content, length, selection, use);
        } finally {
            if (!isOpen) {
                content.close();
            }
        }
    }

    /** The content of a lookup; empty when no fill could begin. */
    static Optional<OpenedContent> content(Lookup lookup) {
        return switch (lookup) {
            case Lookup.Stored(OpenedContent content) -> Optional.of(content);
            case Lookup.Joined(OpenedContent content, Repository leader) -> Optional.of(content);
            case Lookup.Started(OpenedContent content) -> Optional.of(content);
            case Lookup.Rejected() -> Optional.empty();
        };
    }
}
