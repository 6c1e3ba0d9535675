package dev.freshet.cache.fill;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The failure of content that will not come, or not in time. */
public final class ContentException extends IOException {

    private static final long serialVersionUID = 1L;

    private final transient @Nullable FillOutcome end;

    /** The fill ended without success. */
    ContentException(FillOutcome end) {
        super(end.message(), end instanceof FillOutcome.OriginFailed failed ? failed.cause() : null);
        this.end = end;
    }

    ContentException(String message, @Nullable Throwable cause) {
        super(message, cause);
        this.end = null;
    }

    /** How the fill ended; null when it goes on, or when there was none. */
    public @Nullable FillOutcome end() {
        return end;
    }
}
