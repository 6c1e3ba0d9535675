package dev.freshet.proxy.upstream;

import dev.freshet.cache.flight.OriginException;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.ImageReference;
import dev.freshet.cache.name.InvalidNameException;
import dev.freshet.cache.name.Reference;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.name.Tag;
import dev.freshet.proxy.upstream.RegistryCalls.Ask;
import dev.freshet.proxy.upstream.RegistryCalls.Reply;
import dev.freshet.proxy.upstream.UpstreamEvents.RequestKind;
import dev.freshet.proxy.upstream.UpstreamException.Kind;
import dev.freshet.proxy.upstream.health.RetryShare;
import java.io.IOException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.Response;
import okio.BufferedSource;

/** Fetches manifests and asks what they are (OCI distribution spec 1.1, "Pulling manifests"). */
final class ManifestCalls {

    /** The longest manifest that is taken, in bytes; registries are not required to take longer ones. */
    static final int MAX_LENGTH = 4 * 1024 * 1024;

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Upstream upstream;
    private final RegistryCalls calls;
    private final UpstreamEvents events;
    private final InstantSource clock;
    private final Pace pace;
    private final RetryShare share;

    ManifestCalls(Upstream upstream, RegistryCalls calls, UpstreamEvents events, InstantSource clock, Pace pace,
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
    private interface Reading<T> {

        T read(Response response, String failed) throws IOException;
    }

    FetchedManifest get(Repository repository, Reference reference, Duration stallTimeout)
            throws OriginException, InterruptedException {
        Duration patience = PATIENCE.compareTo(stallTimeout) < 0 ? PATIENCE : stallTimeout;
        return call("GET", repository, reference, patience, (response, failed) -> {
            byte[] body = body(response, failed);
            Digest digest = switch (reference) {
                case Digest wanted -> verified(wanted, body, failed);
                case Tag tag -> Digest.sha256(body);
            };
            return new FetchedManifest(digest, MediaTypes.bare(response.header("Content-Type")), body);
        });
    }

    Optional<ManifestHead> head(Repository repository, Reference reference, Duration patience)
            throws OriginException, InterruptedException {
        return call("HEAD", repository, reference, patience, (response, failed) -> {
            String stated = response.header("Docker-Content-Digest");
            if (stated == null) {
                return Optional.<ManifestHead>empty();
            }
            try {
                OptionalLong size = StatedLength.of(response, failed);
                return Optional.of(new ManifestHead(Digest.parse(stated.strip()), MediaTypes.bare(response.header(
                        "Content-Type")), size));
            } catch (InvalidNameException e) {
                throw new UpstreamException(Kind.BAD_ANSWER, failed + "its Docker-Content-Digest is none");
            }
        });
    }

    private <T> T call(String method, Repository repository, Reference reference, Duration patience,
            Reading<T> reading)
            throws OriginException, InterruptedException {
        HttpUrl url = upstream.endpoint(repository.name(), "manifests", reference.toString());
        Request.Builder request = new Request.Builder().url(url).method(method, null);
        MediaTypes.ACCEPTED.forEach(type -> request.addHeader("Accept", type));
        Ask ask = new Ask(method + " of manifest " + new ImageReference(repository, reference), RequestKind.MANIFEST,
                repository.name(), request.build(), Optional.of(patience));
        RetryBudget budget = RetryBudget.forFirst(pace, patience, share);
        while (true) {
            UpstreamException failure;
            try (Reply reply = calls.send(ask)) {
                if (reply.response().code() != 200) {
                    throw Verdicts.refusal(calls.failed(ask), reply, clock);
                }
                return reading.read(reply.response(), calls.failed(ask));
            } catch (UpstreamException e) {
                failure = e;
            } catch (OriginException e) {
                throw e;
            } catch (IOException e) {
                if (Thread.interrupted()) {
                    throw (InterruptedException) new InterruptedException(ask.what() + " interrupted").initCause(e);
                }
                failure = new UpstreamException(Kind.of(e), calls.failed(ask) + "the connection broke: "
                        + Reasons.of(e), e, null);
            }
            Optional<Duration> pause = failure.isRetryable()
                    ? budget.failed(failure.retryAfter())
                    : Optional.empty();
            if (pause.isEmpty()) {
                throw failure;
            }
            pace.pause(pause.get());
        }
    }

    private byte[] body(Response response, String failed) throws IOException {
        String encoding = response.header("Content-Encoding");
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw new UpstreamException(Kind.BAD_ANSWER,
                    failed + "it came with Content-Encoding " + Reasons.shown(encoding)
                            + ", which nobody asked for");
        }
        String type = MediaTypes.bare(response.header("Content-Type"));
        if (!MediaTypes.mayBeManifest(type)) {
            throw new UpstreamException(Kind.BAD_ANSWER,
                    failed + "it came as " + Reasons.shown(type) + ", which no manifest is");
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
            throw new UpstreamException(Kind.BAD_ANSWER, failed + "it is empty");
        }
        return body;
    }

    private static Digest verified(Digest wanted, byte[] body, String failed) throws UpstreamException {
        MessageDigest hash = wanted.algorithm().newHash();
        hash.update(body);
        Digest actual = Digest.of(wanted.algorithm(), hash);
        if (!actual.equals(wanted)) {
            throw new UpstreamException(Kind.BAD_ANSWER, failed + "the body's digest is " + actual);
        }
        return actual;
    }

    private static UpstreamException tooLong(String failed) {
        return new UpstreamException(Kind.BAD_ANSWER, failed + "it is longer than " + MAX_LENGTH + " bytes");
    }
}
