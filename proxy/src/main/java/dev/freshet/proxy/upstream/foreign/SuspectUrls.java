package dev.freshet.proxy.upstream.foreign;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.freshet.cache.name.Digest;
import java.time.Duration;
import java.util.Collection;

/**
 * URLs that have lately had a part in a blob whose digest was wrong: for ten minutes they are asked last, and none is
 * given up. At most 1,000 are remembered. Safe for use by several threads.
 */
public final class SuspectUrls {

    private static final Duration MEMORY = Duration.ofMinutes(10);
    private static final int MOST = 1_000;

    private final Cache<Suspect, Boolean> known;

    private record Suspect(Digest digest, ForeignUrl url) {}

    public SuspectUrls(Ticker ticker) {
        this.known = Caffeine.newBuilder().maximumSize(MOST).expireAfterWrite(MEMORY).ticker(ticker).build();
    }

    public void add(Digest digest, Collection<ForeignUrl> urls) {
        urls.forEach(url -> known.put(new Suspect(digest, url), true));
    }

    public boolean has(Digest digest, ForeignUrl url) {
        return known.getIfPresent(new Suspect(digest, url)) != null;
    }
}
