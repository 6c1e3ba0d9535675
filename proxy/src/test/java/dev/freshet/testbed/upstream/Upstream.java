package dev.freshet.testbed.upstream;

import dev.freshet.testbed.image.Image;
import dev.freshet.testbed.storage.StorageSettings;
import dev.freshet.testbed.traffic.Traffic;
import java.io.IOException;
import java.util.List;
import java.util.function.UnaryOperator;

/** A registry that redirects its blobs to signed URLs of a storage on a port of its own. */
public interface Upstream extends AutoCloseable {

    /** What it is, for messages. */
    String name();

    /** {@code 127.0.0.1:port} of the registry. */
    String authority();

    /** {@code 127.0.0.1:port} of the storage. */
    String storageAuthority();

    /** What it may lead to: its storage, as {@code 127.0.0.1:port}, and whatever else belongs to it. */
    default List<String> privateHosts() {
        return List.of(storageAuthority());
    }

    /** What the storage saw; a registry of our own adds what it saw itself. */
    Traffic traffic();

    /** Puts an image into it. */
    void publish(Image image) throws IOException;

    /** From now on its storage behaves like this. */
    void storage(UnaryOperator<StorageSettings> change);

    /** Refuses all connections, at the storage too, until {@link #start()}. */
    void stop() throws IOException;

    /** Serves again, on the same ports. */
    void start() throws IOException;

    @Override
    void close();
}
