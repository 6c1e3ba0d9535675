package dev.freshet.testbed.storage;

import dev.freshet.testbed.wire.Content;
import dev.freshet.testbed.wire.Reply;
import dev.freshet.testbed.wire.Request;
import java.io.IOException;
import java.util.Optional;

/** The objects of a storage. Called by many threads at once. */
public interface ObjectStore {

    /** The object under this path, which begins with the bucket; empty if there is none. */
    Optional<Content> find(String path) throws IOException;

    /**
     * The answer to a request that the owner of the storage makes with its own credentials, if it is not the reading of
     * an object: a listing.
     */
    default Optional<Reply> list(Request request) throws IOException {
        return Optional.empty();
    }
}
