package dev.freshet.proxy.upstream.auth;

import dev.freshet.cache.fill.FailureReason;
import dev.freshet.cache.fill.OriginException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Says that what an account shows is refused, and is not shown for a while. */
public final class CredentialsRefusedException extends OriginException {

    private static final long serialVersionUID = 1L;

    private final Duration left;
    private final boolean isOfNow;

    /**
     * @param why who has refused it and what to do, without secrets
     * @param left how long it is not shown from now on
     * @param isOfNow whether it was shown for this request; otherwise for an earlier one
     */
    CredentialsRefusedException(String why, Duration left, boolean isOfNow, @Nullable Throwable cause) {
        super(FailureReason.UNAUTHORIZED, why, cause);
        this.left = left;
        this.isOfNow = isOfNow;
    }

    /** How long it is not shown from now on. */
    public Duration left() {
        return left;
    }

    /** Whether it was shown for this request; otherwise for an earlier one. */
    public boolean isOfNow() {
        return isOfNow;
    }
}
