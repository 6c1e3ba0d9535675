package dev.freshet.proxy.upstream;

import dev.freshet.cache.flight.OriginException;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.ImageReference;
import dev.freshet.cache.name.InvalidNameException;
import dev.freshet.cache.name.Reference;
import dev.freshet.cache.name.Repository;
import dev.freshet.cache.name.Tag;
import dev.freshet.proxy.accept.Accept;
import dev.freshet.proxy.upstream.PatientCalls.Reading;
import dev.freshet.proxy.upstream.RegistryCalls.Ask;
import dev.freshet.proxy.upstream.UpstreamEvents.RequestKind;
import dev.freshet.proxy.upstream.UpstreamException.Kind;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import okhttp3.HttpUrl;
import okhttp3.Request;

/** Fetches manifests and asks what they are (OCI distribution spec 1.1, "Pulling manifests"). */
final class ManifestCalls {

    private final Upstream upstream;
    private final PatientCalls calls;

    ManifestCalls(Upstream upstream, PatientCalls calls) {
        this.upstream = upstream;
        this.calls = calls;
    }

    /** @param patience how long it may take, tries and all */
    FetchedManifest get(Repository repository, Reference reference, Accept accept, Duration patience)
            throws OriginException, InterruptedException {
        return call("GET", repository, reference, accept, patience, (response, failed) -> {
            byte[] body = calls.body(response, failed, "manifest");
            Digest digest = switch (reference) {
                case Digest wanted -> verified(wanted, body, failed);
                case Tag tag -> Digest.sha256(body);
            };
            return new FetchedManifest(digest, MediaTypes.bare(response.header("Content-Type")), body);
        });
    }

    Optional<ManifestHead> head(Repository repository, Reference reference, Accept accept, Duration patience)
            throws OriginException, InterruptedException {
        return call("HEAD", repository, reference, accept, patience, (response, failed) -> {
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

    private <T> T call(String method, Repository repository, Reference reference, Accept accept, Duration patience,
            Reading<T> reading)
            throws OriginException, InterruptedException {
        HttpUrl url = upstream.endpoint(repository.name(), "manifests", reference.toString());
        Request.Builder request = new Request.Builder().url(url).method(method, null);
        List<String> accepted = accept.ranges().isEmpty() ? MediaTypes.ACCEPTED : accept.ranges();
        accepted.forEach(type -> request.addHeader("Accept", type));
        Ask ask = new Ask(method + " of manifest " + new ImageReference(repository, reference), RequestKind.MANIFEST,
                repository.name(), request.build(), Optional.of(patience));
        return calls.ask(ask, patience, reading);
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
}
