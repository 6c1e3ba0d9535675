package dev.freshet.proxy.upstream.document;

import dev.freshet.cache.fill.FailureReason;
import dev.freshet.cache.name.RegistryHost;
import dev.freshet.cache.store.Event;
import dev.freshet.proxy.upstream.UpstreamEvent;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.call.RetriedCalls;
import dev.freshet.proxy.upstream.call.StatedLength;
import dev.freshet.proxy.upstream.socket.Reasons;
import java.io.IOException;
import java.util.function.Consumer;
import okhttp3.Response;
import okio.BufferedSource;

/**
 * The body of a small document: a manifest or a page of a list, whole, of a type that it may have, and not too long.
 *
 * @param events hears how many bytes have come
 */
record DocumentBody(RegistryHost upstream, Consumer<Event> events) {

    /** The longest document that is taken, in bytes; registries are not required to take longer manifests. */
    static final int MAX_LENGTH = 4 * 1024 * 1024;

    /**
     * An answer's whole body. One that is something else than a document is {@linkplain UpstreamException#isInferred inferred}
     * not to be there; whether that counts is for {@link RetriedCalls#ask} to say.
     *
     * @param noun what it should be, for messages
     */
    byte[] read(Response response, String failed, String noun) throws IOException {
        String type = MediaTypes.bare(response.header("Content-Type"));
        if (!MediaTypes.mayBeManifest(type)) {
            throw UpstreamException.inferred(
                    failed + "it came as " + Reasons.shown(type) + ", which no " + noun + " is", null);
        }
        StatedLength.requireIdentity(response, failed);
        if (StatedLength.of(response, failed).orElse(0) > MAX_LENGTH) {
            throw tooLong(failed);
        }
        BufferedSource source = response.body().source();
        if (source.request(MAX_LENGTH + 1L)) {
            throw tooLong(failed);
        }
        byte[] body = source.readByteArray();
        events.accept(new UpstreamEvent.Received(upstream, body.length));
        if (body.length == 0) {
            throw UpstreamException.inferred(failed + "it is empty", null);
        }
        return body;
    }

    private static UpstreamException tooLong(String failed) {
        return new UpstreamException(FailureReason.BAD_ANSWER, failed + "it is longer than " + MAX_LENGTH + " bytes");
    }
}
