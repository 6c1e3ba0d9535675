package dev.freshet.proxy.upstream.call;

import dev.freshet.proxy.upstream.socket.ArrivedBytes;
import java.time.Duration;
import okhttp3.Call;
import okhttp3.Response;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An answer; its receiver closes it.
 *
 * @param response its head, and its body still to be read
 * @param call what to cancel when the body is not needed any more
 * @param source the server that gave it
 * @param arrived tells how much of the body has come already
 * @param heldOff how long the registry does not want to be asked for things of this kind; zero when it has not refused
 */
public record Reply(Response response, Call call, Source source, ArrivedBytes arrived, Duration heldOff)
        implements
            AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Reply.class);

    /** The kind of server that gives an answer. */
    public enum Source {

        /** The registry itself. */
        REGISTRY,
        /** Another registry, to which it redirects. */
        OTHER_REGISTRY,
        /** Its storage, or another server that it redirects to. */
        STORAGE
    }

    /** The same answer, after which the registry is left alone for so long. */
    Reply heldOff(Duration wait) {
        return new Reply(response, call, source, arrived, wait);
    }

    /** The same answer, given by this one. */
    Reply by(Source giver) {
        return new Reply(response, call, giver, arrived, heldOff);
    }

    /** Whether a registry gave it, and not a storage. */
    public boolean fromRegistry() {
        return source != Source.STORAGE;
    }

    /** Whether it is a 401 that a token may turn into something else. */
    boolean wantsToken() {
        return response.code() == 401
                && response.challenges().stream().anyMatch(of -> of.scheme().equalsIgnoreCase("Bearer"));
    }

    /** Lets go of it; the body of a success is cut off. */
    @Override
    public void close() {
        if (response.isSuccessful()) {
            call.cancel();
        }
        release();
    }

    /**
     * Lets go of it; its connection serves again when little of the body is left. OkHttp cannot count what is left of a body
     * with a negative length, which is then cut off.
     */
    public void release() {
        try {
            response.close();
        } catch (IllegalArgumentException e) {
            LOG.debug("close of an answer failed: {}", e.getMessage());
        }
    }
}
