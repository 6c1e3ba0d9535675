package dev.freshet.proxy.upstream.document;
import dev.freshet.cache.fill.FailureReason;
import dev.freshet.cache.fill.OriginException;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.ImageReference;
import dev.freshet.cache.name.InvalidNameException;
import dev.freshet.cache.name.Reference;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.name.Tag;
import dev.freshet.cache.store.Event;
import dev.freshet.proxy.accept.Accept;
import dev.freshet.proxy.upstream.Upstream;
import dev.freshet.proxy.upstream.UpstreamEvent.RequestKind;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.call.RegistryRequest;
import dev.freshet.proxy.upstream.call.RetriedCalls;
import dev.freshet.proxy.upstream.call.RetriedCalls.Reading;
import dev.freshet.proxy.upstream.call.StatedLength;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import okhttp3.HttpUrl;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/** Fetches manifests and asks what they are (OCI distribution spec 1.1, "Pulling manifests"). */
public final class ManifestCalls {

    private final Upstream upstream;
    private final RetriedCalls calls;
    private final DocumentBody body;

    public ManifestCalls(Upstream upstream, RetriedCalls calls, Consumer<Event> events) {
        this.upstream = upstream;
        this.calls = calls;
        this.body = new DocumentBody(upstream.name(), events);
    }

    /**
     * Fetches a manifest.
     *
     * @param patience how long it may take, tries and all
     */
    public FetchedManifest get(Repository repository, Reference reference, Accept accept, Duration patience)
            throws OriginException, InterruptedException {
        return call("GET", repository, reference, accept, patience, (response, failed) -> {
            byte[] bytes = body.read(response, failed, "manifest");
            String mediaType = MediaTypes.bare(response.header("Content-Type"));
            return switch (reference) {
                case Digest wanted -> verified(wanted, mediaType, bytes, failed);
                case Tag tag -> tagged(response.header("Docker-Content-Digest"), mediaType, bytes);
            };
        });
    }

    public ManifestHead head(Repository repository, Reference reference, Accept accept, Duration patience)
            throws OriginException, InterruptedException {
        return call("HEAD", repository, reference, accept, patience, (response, failed) -> {
            String stated = response.header("Docker-Content-Digest");
            if (stated == null) {
                throw new UpstreamException(FailureReason.BAD_ANSWER,
                        failed + "it came without a Docker-Content-Digest");
            }
            try {
                return new ManifestHead(Digest.parse(stated.strip()),
                        believable(MediaTypes.bare(response.header("Content-Type"))),
                        believable(StatedLength.of(response, failed)));
            } catch (InvalidNameException e) {
                throw new UpstreamException(FailureReason.BAD_ANSWER, failed + "its Docker-Content-Digest is none");
            }
        });
    }

    private <T> T call(String method, Repository repository, Reference reference, Accept accept, Duration patience,
            Reading<T> reading)
            throws OriginException, InterruptedException {
        HttpUrl url = upstream.endpoint(repository.name(), "manifests", reference.toString());
        Request.Builder request = new Request.Builder().url(url).method(method, null);
        List<String> accepted = accept.ranges().isEmpty() ? MediaTypes.ACCEPTED : accept.ranges();
        accepted.forEach(type -> request.addHeader("Accept", type));
        RegistryRequest ask = new RegistryRequest(method + " of manifest " + new ImageReference(repository, reference),
                RequestKind.MANIFEST,
                repository.name(), request.build(), Optional.of(patience));
        return calls.ask(ask, reading);
    }

    private static String believable(String mediaType) {
        return MediaTypes.isManifest(mediaType) ? mediaType : "";
    }

    private static OptionalLong believable(OptionalLong size) {
        return size.orElse(0) > 0 && size.orElse(0) <= DocumentBody.MAX_LENGTH ? size : OptionalLong.empty();
    }

    /** By digest: it has to be that of the body, or of its payload. */
    private static FetchedManifest verified(Digest wanted, String mediaType, byte[] body, String failed)
            throws UpstreamException {
        Digest actual = digest(wanted, body);
        if (actual.equals(wanted)) {
            return FetchedManifest.whole(wanted, mediaType, body);
        }
        if (SignedPayload.of(body).filter(payload -> digest(wanted, payload).equals(wanted)).isPresent()) {
            return FetchedManifest.signed(wanted, body);
        }
        throw new UpstreamException(FailureReason.BAD_ANSWER, failed + "the body's digest is " + actual);
    }

    /**
     * By tag: a signed manifest is known by the digest of its payload, unless its registry says, truly, that it is by that of
     * the body.
     */
    private static FetchedManifest tagged(@Nullable String stated, String mediaType, byte[] body) {
        Digest whole = Digest.sha256(body);
        Optional<byte[]> payload = MediaTypes.mayBeSigned(mediaType) && !whole.toString().equals(stated)
                ? SignedPayload.of(body)
                : Optional.empty();
        return payload.map(signed -> FetchedManifest.signed(Digest.sha256(signed), body))
                .orElseGet(() -> FetchedManifest.whole(whole, mediaType, body));
    }

    private static Digest digest(Digest like, byte[] bytes) {
        MessageDigest hash = like.algorithm().newHash();
        hash.update(bytes);
        return Digest.of(like.algorithm(), hash);
    }

    /**
     * What a registry says of a manifest when it is asked with HEAD.
     *
     * @param digest as it says
     * @param mediaType without parameters; empty when it does not say, or says what no manifest has
     * @param size bytes; empty when it does not say, or says what no manifest has
     */
    public record ManifestHead(Digest digest, String mediaType, OptionalLong size) {}
}
