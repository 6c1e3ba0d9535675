package dev.freshet.testbed.fault;

import dev.freshet.testbed.wire.Manner;
import dev.freshet.testbed.wire.Reply;
import java.util.function.UnaryOperator;

/**
 * An answer on its way: what is said and how it is sent.
 *
 * @param reply what is said
 * @param manner how it is sent
 */
public record Delivery(Reply reply, Manner manner) {

    /** The same with another answer. */
    public Delivery reply(UnaryOperator<Reply> change) {
        return new Delivery(change.apply(reply), manner);
    }

    /** The same sent in another manner. */
    public Delivery manner(UnaryOperator<Manner> change) {
        return new Delivery(reply, change.apply(manner));
    }
}
