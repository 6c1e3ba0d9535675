package dev.freshet.proxy.upstream.blob;
import dev.freshet.proxy.upstream.socket.Reasons;
import java.time.Instant;
import java.util.Optional;
import okhttp3.HttpUrl;

/**
 * Where one blob was found behind its registry's redirects. Who knows it has the blob, so it is shown without its query.
 *
 * @param address with its query; for GET only, as signatures bind the method
 * @param renewal when another should be asked for; empty to use it until it is refused
 */
record StorageUrl(HttpUrl address, Optional<Instant> renewal) {

    /** Whether it should still be used. */
    boolean isFresh(Instant now) {
        return renewal.isEmpty() || now.isBefore(renewal.get());
    }

    @Override
    public String toString() {
        return Reasons.withoutQuery(address);
    }
}
