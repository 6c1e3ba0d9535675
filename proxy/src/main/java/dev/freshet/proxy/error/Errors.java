package dev.freshet.proxy.error;

import dev.freshet.cache.catalog.ContentKind;
import dev.freshet.cache.fill.ContentException;
import dev.freshet.cache.fill.FailureReason;
import dev.freshet.cache.fill.FillOutcome;
import dev.freshet.cache.fill.OriginException;
import dev.freshet.cache.name.InvalidNameException;
import dev.freshet.cache.store.StoreException;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.foreign.ForeignRefusedException;
import dev.freshet.proxy.upstream.foreign.ForeignRules.Refusal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The mapping of failures to statuses and codes, all in one place. */
public final class Errors {

    private static final Duration SOON = Duration.ofSeconds(5);

    private static final String FAILED = " failed: ";

    private Errors() {}

    /** A name, tag or digest that is none. */
    public static OciError of(InvalidNameException failure) {
        ErrorCode code = switch (failure.kind()) {
            case NAME -> ErrorCode.NAME_INVALID;
            case TAG -> ErrorCode.TAG_INVALID;
            case DIGEST -> ErrorCode.DIGEST_INVALID;
        };
        return new OciError(400, code, message(failure));
    }

    /** An upstream that did not give what was asked. */
    public static OciError of(OriginException failure, ContentKind wanted) {
        return of(failure, switch (wanted) {
            case MANIFEST -> ErrorCode.MANIFEST_UNKNOWN;
            case BLOB -> ErrorCode.BLOB_UNKNOWN;
        });
    }

    /**
     * An upstream that did not give what was asked.
     *
     * @param unknown what it is called when there is none
     */
    public static OciError of(OriginException failure, ErrorCode unknown) {
        if (failure instanceof ForeignRefusedException refused) {
            return new OciError(404, ErrorCode.BLOB_UNKNOWN, message(failure), detail(refused.refusals()),
                    Optional.empty());
        }
        Optional<Duration> pause = failure instanceof UpstreamException upstream
                ? upstream.retryAfter()
                : Optional.empty();
        String message = message(failure);
        return of(failure.reason(), unknown,
                failure.reason() == FailureReason.AGAINST_RULES ? ruleFirst(message) : message, pause);
    }

    private static OciError of(FailureReason reason, ErrorCode unknown, String message, Optional<Duration> pause) {
        ErrorCode code = reason == FailureReason.NOT_FOUND ? unknown : ErrorCode.valueOf(reason.code());
        return new OciError(reason.status(), code, message, Map.of(),
                reason.clientRetryable() ? pause.or(() -> Optional.of(SOON)) : Optional.empty());
    }

    /**
     * The same with what was attempted at its end: scanners show 256 bytes of an error, and names of blobs are long.
     *
     * @param message {@code GET of blob ... failed: } and the rule, with what to do
     */
    private static String ruleFirst(String message) {
        int at = message.indexOf(FAILED);
        return at < 0
                ? message
                : "refused: " + message.substring(at + FAILED.length()) + ": " + message.substring(0, at) + " failed";
    }

    /** A blob that its registry does not have, and that no manifest has listed here: a foreign layer may be one. */
    public static OciError unlisted(OciError unknown) {
        return new OciError(unknown.status(), unknown.code(),
                "blob not known here: ask for a manifest that lists it first, as foreign layers come from the URLs in it; "
                        + unknown.message(),
                unknown.detail(), unknown.retryAfter());
    }

    /** For each URL the rule that refuses it and the line that would allow it; numbers begin with the second URL. */
    private static Map<String, String> detail(List<Refusal> refusals) {
        Map<String, String> detail = new LinkedHashMap<>();
        for (int i = 0; i < refusals.size(); i++) {
            Refusal refusal = refusals.get(i);
            String number = i == 0 ? "" : "-" + (i + 1);
            detail.put("url" + number, refusal.url());
            detail.put("rule" + number, refusal.rule());
            refusal.remedy().ifPresent(line -> detail.put("configuration" + number, line));
        }
        return detail;
    }

    /** Content that will not come. */
    public static OciError of(ContentException failure) {
        return failure.getCause() instanceof StoreException
                ? new OciError(503, ErrorCode.UNAVAILABLE, message(failure), Map.of(), Optional.of(SOON))
                : of(failure.end(), failure);
    }

    /** A defect; the client learns that it is one of Freshet, the log has the rest. */
    public static OciError internal() {
        return new OciError(500, ErrorCode.UNKNOWN,
                "request failed by a defect in Freshet; the log tells more, please report it");
    }

    /** More at once than is allowed. */
    public static OciError busy() {
        return new OciError(503, ErrorCode.UNAVAILABLE,
                "fetch not begun: as many as fetch.max-fills allows are running and waiting; try again", Map.of(),
                Optional.of(SOON));
    }

    /** Nothing more is taken on. */
    public static OciError stopping() {
        return new OciError(503, ErrorCode.UNAVAILABLE, "request refused: Freshet is stopping; try again", Map.of(),
                Optional.of(SOON));
    }

    private static OciError of(@Nullable FillOutcome end, ContentException failure) {
        return switch (end) {
            case FillOutcome.OriginFailed failed -> of(failed.cause(), ContentKind.BLOB);
            case FillOutcome.Broken broken -> internal();
            case FillOutcome.Failed failed ->
                of(failed.reason(), ErrorCode.BLOB_UNKNOWN, failed.message(), Optional.empty());
            case FillOutcome.Passed passed -> new OciError(500, ErrorCode.UNKNOWN, message(failure));
            case FillOutcome.Complete complete -> new OciError(500, ErrorCode.UNKNOWN, message(failure));
            case null -> new OciError(504, ErrorCode.UNAVAILABLE, message(failure), Map.of(), Optional.of(SOON));
        };
    }

    private static String message(Exception failure) {
        return String.valueOf(failure.getMessage());
    }
}
