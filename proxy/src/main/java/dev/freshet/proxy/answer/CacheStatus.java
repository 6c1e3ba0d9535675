package dev.freshet.proxy.answer;

import dev.freshet.cache.fill.Content;
import dev.freshet.proxy.upstream.UpstreamException;
import org.jspecify.annotations.Nullable;

/**
 * The use of the cache for an answer, as the {@code Cache-Status} header tells it (RFC 9211). Several details are joined by
 * {@code +}.
 */
public enum CacheStatus {

    /** Served without a request to an upstream, also from the bytes that an interrupted fill has left. */
    HIT("freshet; hit", ""),
    /** Past its TTL, and the upstream has confirmed it. */
    REVALIDATED("freshet; fwd=stale", "revalidated"),
    /** Past its TTL, and the upstream did not answer. */
    STALE("freshet; hit", "stale"),
    /** Past its TTL, and the upstream was not asked, as it may be asked little more. */
    SPARED("freshet; hit", "stale+spared"),
    /** The upstream has said a short while ago that it does not have it, and was not asked. */
    NEGATIVE("freshet; hit", "negative"),
    /** The upstream has said before that it does not have it, and cannot be asked now. */
    ABSENT("freshet; hit", "negative+stale"),
    /** Fetched for this request, and kept. */
    MISS("freshet; fwd=uri-miss; stored", ""),
    /** Fetched for this request from where an earlier fetch had been cut short, and kept. */
    PARTIAL("freshet; fwd=partial; stored", ""),
    /** Fetched for another request that was under way. */
    COLLAPSED("freshet; fwd=uri-miss; collapsed", ""),
    /** Asked of the upstream, and nothing was kept. */
    PASSED("freshet; fwd=uri-miss", ""),
    /** The cache had no part in it. */
    NONE("freshet; fwd=bypass", "");

    private final String use;
    private final String detail;

    CacheStatus(String use, String detail) {
        this.use = use;
        this.detail = detail;
    }

    /**
     * How the cache was used for content whose length is known. Nothing was forwarded for what is verified from a left-over
     * alone, so that is a hit (RFC 9211, section 2.1), and what was kept of it before says {@code fwd=partial} otherwise
     * (section 2.2).
     *
     * @param joined whether it is fetched for another request
     */
    public static CacheStatus of(Content content, boolean joined) {
        return switch (content.source()) {
            case STORE -> HIT;
            case STORE_AND_ORIGIN -> joined ? COLLAPSED : content.isKept() ? PARTIAL : PASSED;
            case ORIGIN -> joined ? COLLAPSED : content.isKept() ? MISS : PASSED;
        };
    }

    /** How the cache was used for what did not come, for this reason. */
    public static CacheStatus of(@Nullable Throwable failure) {
        if (!(failure instanceof UpstreamException upstream)) {
            return PASSED;
        }
        return upstream.isNoted() ? ABSENT : upstream.isRemembered() ? NEGATIVE : PASSED;
    }

    /** The header's value. */
    public String header() {
        return detail.isEmpty() ? use : use + "; detail=" + detail;
    }

    /** The header's value with one more detail, a token (RFC 9651, section 3.3.4). */
    public String header(String more) {
        return use + "; detail=" + (detail.isEmpty() ? more : detail + "+" + more);
    }

    /** The word for it in logs and metrics. */
    public String label() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
