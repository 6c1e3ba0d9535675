package dev.freshet.proxy.upstream;

import dev.freshet.cache.flight.OriginException;
import dev.freshet.proxy.upstream.RegistryCalls.Ask;
import dev.freshet.proxy.upstream.RegistryCalls.Reply;
import dev.freshet.proxy.upstream.UpstreamException.Kind;
import dev.freshet.proxy.upstream.health.RetryShare;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import okhttp3.Response;
import okio.BufferedSource;

/** Asks a registry for small documents, a few times if need be, and takes none that is too long or of a type that it is not. */
final class PatientCalls {

    /** The longest document that is taken, in bytes; registries are not required to take longer manifests. */
    static final int MAX_LENGTH = 4 * 1024 * 1024;

    private final Upstream upstream;
    private final RegistryCalls calls;
    private final UpstreamEvents events;
    private final InstantSource clock;
    private final Pace pace;
    private final RetryShare share;

    PatientCalls(Upstream upstream, RegistryCalls calls, UpstreamEvents events, InstantSource clock, Pace pace,
            RetryShare share) {
        this.upstream = upstream;
        this.calls = calls;
        this.events = events;
        this.clock = clock;
        this.pace = pace;
        this.share = share;
    }

    /** Something to do with a successful answer. */
    @FunctionalInterface
    interface Reading<T> {

        /** Reads it; the text is the beginning of a message about its failure. */
        T read(Response response, String failed) throws IOException;
    }

    /** Asks until it gets a 200 that can be read, or its patience, a whole one for each try, or the tries are used up. */
    <T> T ask(Ask ask, Duration patience, Reading<T> reading) throws OriginException, InterruptedException {
        RetryBudget budget = RetryBudget.forFirst(pace, patience, share);
        while (true) {
            UpstreamException failure;
            try (Reply reply = calls.send(ask)) {
                if (reply.response().code() != 200) {
                    throw Verdicts.refusal(calls.failed(ask), reply, ask, clock);
                }
                return reading.read(reply.response(), calls.failed(ask));
            } catch (UpstreamException e) {
                failure = Verdicts.failure(ask, e);
            } catch (OriginException e) {
                throw e;
            } catch (IOException e) {
                if (Thread.interrupted()) {
                    throw (InterruptedException) new InterruptedException(ask.what() + " interrupted").initCause(e);
                }
                failure = new UpstreamException(Kind.of(e), calls.failed(ask) + "the connection broke: "
                        + Reasons.of(e), e, null);
            }
            Optional<Duration> pause = isWorthRepeating(ask, failure)
                    ? budget.failed(failure.retryAfter())
                    : Optional.empty();
            if (pause.isEmpty()) {
                throw failure;
            }
            pace.pause(pause.get());
        }
    }

    /** A HEAD that was answered is not repeated: GET decides then, and would be kept waiting. */
    private static boolean isWorthRepeating(Ask ask, UpstreamException failure) {
        boolean isAnswered = switch (failure.kind()) {
            case UNREACHABLE, STALLED -> false;
            case NOT_FOUND, UNAUTHORIZED, FORBIDDEN, RATE_LIMITED, AGAINST_RULES, SERVER_ERROR, SIGNED_URL_REFUSED,
                    BAD_ANSWER ->
                true;
        };
        return failure.isRetryable() && !(isAnswered && ask.request().method().equals("HEAD"));
    }

    /**
     * An answer's whole body. One that is something else than a document is {@linkplain UpstreamException#isInferred inferred}
     * not to be there; whether that counts is for {@link #ask} to say.
     *
     * @param noun what it should be, for messages
     */
    byte[] body(Response response, String failed, String noun) throws IOException {
        String type = MediaTypes.bare(response.header("Content-Type"));
        if (!MediaTypes.mayBeManifest(type)) {
            throw UpstreamException.inferred(
                    failed + "it came as " + Reasons.shown(type) + ", which no " + noun + " is", null);
        }
        String encoding = response.header("Content-Encoding");
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw new UpstreamException(Kind.BAD_ANSWER,
                    failed + "it came with Content-Encoding " + Reasons.shown(encoding)
                            + ", which nobody asked for");
        }
        if (StatedLength.of(response, failed).orElse(0) > MAX_LENGTH) {
            throw tooLong(failed);
        }
        BufferedSource source = response.body().source();
        if (source.request(MAX_LENGTH + 1L)) {
            throw tooLong(failed);
        }
        byte[] body = source.readByteArray();
        events.received(upstream.name(), body.length);
        if (body.length == 0) {
            throw UpstreamException.inferred(failed + "it is empty", null);
        }
        return body;
    }

    private static UpstreamException tooLong(String failed) {
        return new UpstreamException(Kind.BAD_ANSWER, failed + "it is longer than " + MAX_LENGTH + " bytes");
    }
}
