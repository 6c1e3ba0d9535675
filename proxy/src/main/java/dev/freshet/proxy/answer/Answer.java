package dev.freshet.proxy.answer;

import dev.freshet.cache.fill.Content;
import dev.freshet.cache.name.Digest;
import dev.freshet.proxy.error.OciError;
import dev.freshet.proxy.range.Selection;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** The answer to a client, before it is HTTP. */
public sealed interface Answer {

    /** How the cache was used. */
    CacheStatus cacheStatus();

    /** The answer to a ping: a registry is here. */
    record Pong() implements Answer {

        @Override
        public CacheStatus cacheStatus() {
            return CacheStatus.NONE;
        }
    }

    /**
     * A manifest.
     *
     * @param length bytes
     * @param body empty when only the head was asked for
     * @param partlyStored whether it comes from the cache, which does not hold all of its image: without the upstream it
     *        cannot be pulled
     * @param age how long ago its registry last said that the tag means it; empty unless that is relied on
     */
    record Manifest(Digest digest, String mediaType, long length, Optional<byte[]> body, CacheStatus cacheStatus,
            boolean partlyStored, Optional<Duration> age) implements Answer {}

    /**
     * A blob.
     *
     * @param length bytes; empty when the upstream does not say
     * @param selection what of it is given; the whole when its length is not known
     * @param content closed by the receiver of the answer; empty when only the head was asked for
     */
    record Blob(Digest digest, OptionalLong length, Selection selection, Optional<Content> content,
            CacheStatus cacheStatus) implements Answer {}

    /**
     * A list, of tags or of referrers.
     *
     * @param next the address of the next page, relative to the host; empty when there is none
     * @param filter by what it was filtered; empty when it was not
     * @param age how long ago its registry last said so; empty unless that is relied on
     */
    record Listing(String mediaType, String body, Optional<String> next, Optional<String> filter,
            CacheStatus cacheStatus, Optional<Duration> age) implements Answer {}

    /** A refusal or a failure, with its reason. */
    record Failure(OciError error, CacheStatus cacheStatus) implements Answer {}
}
