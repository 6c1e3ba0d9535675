package dev.freshet.proxy.upstream.foreign;

import dev.freshet.cache.fill.FailureReason;
import dev.freshet.cache.fill.OriginException;
import dev.freshet.proxy.upstream.foreign.ForeignRules.Refusal;
import java.util.List;

/** Says that a foreign layer is not fetched, as none of its URLs may be asked. */
public final class ForeignRefusedException extends OriginException {

    private static final long serialVersionUID = 1L;

    private final transient List<Refusal> refusals;

    /**
     * The message begins with the first rule and the line of configuration: scanners show 256 bytes of an error.
     *
     * @param what what was attempted: {@code GET of blob ...}
     * @param refusals one for each URL, at least one
     */
    public ForeignRefusedException(String what, List<Refusal> refusals) {
        super(FailureReason.AGAINST_RULES,
                "foreign layer refused: " + Refusal.inWords(refusals) + ": " + what
                        + " failed, as its registry does not have it",
                null);
        this.refusals = List.copyOf(refusals);
    }

    /** One for each URL. */
    public List<Refusal> refusals() {
        return refusals;
    }
}
