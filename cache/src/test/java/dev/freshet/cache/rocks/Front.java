package dev.freshet.cache.rocks;

import dev.freshet.cache.fill.BlobOrigin;
import dev.freshet.cache.fill.Content;
import dev.freshet.cache.fill.ContentCache;
import dev.freshet.cache.fill.ContentException;
import dev.freshet.cache.fill.Reading;
import dev.freshet.cache.fill.Transfer;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.store.BlobStore;
import dev.freshet.cache.store.ByteRange;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A content cache before a store, whose origin has everything that was told to it. */
final class Front implements AutoCloseable {

    private static final Repository REPOSITORY = new Repository(new RegistryHost("origin.test"), "app");

    private final Map<Digest, byte[]> contents;
    private final ExecutorService flights = Executors.newVirtualThreadPerTaskExecutor();
    private final ContentCache cache;

    /** @param contents what the origin has */
    Front(BlobStore store, Map<Digest, byte[]> contents) {
        this.contents = new HashMap<>(contents);
        this.cache = new ContentCache(store, flights, Runnable::run, event -> {});
    }

    /** What a client gets, from the store or from the origin; content that turns out damaged is asked for once more. */
    byte[] get(Digest digest) throws InterruptedException {
        try {
            return getOnce(digest);
        } catch (ContentException e) {
            try {
                return getOnce(digest);
            } catch (ContentException again) {
                throw new AssertionError("twice damaged: " + digest, again);
            }
        }
    }

    private byte[] getOnce(Digest digest) throws ContentException, InterruptedException {
        try (Content content = Reading.content(cache.open(digest, OptionalLong.empty(), new Origin(digest)))) {
            return Reading.toEnd(content);
        } finally {
            awaitLanding();
        }
    }

    /** A reader has all bytes a moment before they are kept. */
    private void awaitLanding() {
        while (cache.fills() > 0) {
            Thread.onSpinWait();
        }
    }

    @Override
    public void close() {
        cache.close();
        flights.close();
    }

    private final class Origin implements BlobOrigin {

        private final Digest digest;

        Origin(Digest digest) {
            this.digest = digest;
        }

        @Override
        public Repository repository() {
            return REPOSITORY;
        }

        @Override
        public Transfer open(ByteRange wanted) {
            int from = Math.toIntExact(wanted.from());
            byte[] content = contents.get(digest);
            if (content == null) {
                throw new AssertionError("no content is stored as " + digest);
            }
            return new Bytes(content.length, ByteBuffer.wrap(content, from, content.length - from));
        }
    }

    private record Bytes(long all, ByteBuffer left) implements Transfer {

        @Override
        public OptionalLong length() {
            return OptionalLong.of(all);
        }

        @Override
        public OptionalLong end() {
            return OptionalLong.of(all);
        }

        @Override
        public boolean isWhole() {
            return false;
        }

        @Override
        public int read(ByteBuffer destination) {
            if (!left.hasRemaining()) {
                return -1;
            }
            int count = Math.min(left.remaining(), destination.remaining());
            destination.put(left.slice().limit(count));
            left.position(left.position() + count);
            return count;
        }

        @Override
        public void close() {}
    }

}
