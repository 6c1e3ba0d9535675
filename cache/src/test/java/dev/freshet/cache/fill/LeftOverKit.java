package dev.freshet.cache.fill;

import dev.freshet.cache.store.BlobWriter;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Fills over a store that keeps what was not committed. */
abstract class LeftOverKit extends FillKit {

    static final int LENGTH = CONTENT.length;
    static final Duration MINUTE = Duration.ofMinutes(1);

    @BeforeEach
    void whatIsCutOffIsKept() {
        store.keepPartials(1);
    }

    void leave(byte[] content, int length) throws Exception {
        try (BlobWriter writer = store.begin(DIGEST, OptionalLong.empty())) {
            writer.append(ByteBuffer.wrap(content, 0, length));
        }
    }

    /** A fill leaves its writer a moment after its readers have learned of its end. */
    void awaitNoWriter() {
        while (store.openWriters() > 0) {
            Thread.onSpinWait();
        }
    }

    static ContentException failure(Content reader) {
        return catchThrowableOfType(ContentException.class, () -> Reading.toEnd(reader));
    }
}
