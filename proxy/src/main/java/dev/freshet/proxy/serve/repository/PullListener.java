package dev.freshet.proxy.serve.repository;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.Repository;

/** A listener to what clients pull. Called on the threads that answer them, must be short, must not throw. */
public interface PullListener {

    /** A listener that ignores everything. */
    PullListener NONE = new PullListener() {

        @Override
        public void servedInPart(Repository repository, Digest manifest, byte[] body) {}

        @Override
        public void wanted(Repository repository, Digest digest) {}
    };

    /**
     * A manifest is served for this repository, and not all that belongs to it is stored.
     *
     * @param body not to be changed
     */
    void servedInPart(Repository repository, Digest manifest, byte[] body);

    /** A client has asked for the bytes of a blob of this repository, or some of them. */
    void wanted(Repository repository, Digest digest);
}
