package dev.freshet.cache.fill;

import java.nio.ByteBuffer;
import java.util.OptionalLong;

/** What an origin does next. */
sealed interface Step {

    /** The head of its answer, with the length that it states. */
    record Head(OptionalLong length) implements Step {}

    /** Some bytes of the body. */
    record Bytes(ByteBuffer bytes) implements Step {

        Bytes(byte[] bytes) {
            this(ByteBuffer.wrap(bytes));
        }
    }

    /** The end of the body. */
    record End() implements Step {}

    /** No, or no more. */
    record Refuse(FailureReason failure, String message) implements Step {

        Refuse(String message) {
            this(FailureReason.UNREACHABLE, message);
        }
    }

    /** A defect in the origin. */
    record Break(RuntimeException failure) implements Step {}

    /** A worse defect in the origin. */
    record Die(Error failure) implements Step {}
}
