package dev.freshet.cache.fill;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The failure of an origin to give a blob; the message names the origin and what was attempted. */
public class OriginException extends IOException {

    private static final long serialVersionUID = 1L;

    private final FailureReason reason;

    public OriginException(FailureReason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public FailureReason reason() {
        return reason;
    }
}
