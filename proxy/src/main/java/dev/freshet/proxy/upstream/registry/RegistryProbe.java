package dev.freshet.proxy.upstream.registry;

import dev.freshet.cache.fill.FailureReason;
import dev.freshet.cache.fill.OriginException;
import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.Reference;
import dev.freshet.cache.name.Repository;
import dev.freshet.proxy.accept.Accept;
import dev.freshet.proxy.upstream.Scheduler;
import dev.freshet.proxy.upstream.Upstream;
import dev.freshet.proxy.upstream.UpstreamEvent.RequestKind;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.auth.Authorizer;
import dev.freshet.proxy.upstream.auth.Authorizer.Renewal;
import dev.freshet.proxy.upstream.auth.CredentialSource.CredentialsRefusedException;
import dev.freshet.proxy.upstream.blob.RegistryBlobs;
import dev.freshet.proxy.upstream.call.Hedges;
import dev.freshet.proxy.upstream.call.RegistryCalls;
import dev.freshet.proxy.upstream.call.RegistryClient;
import dev.freshet.proxy.upstream.call.RegistryRequest;
import dev.freshet.proxy.upstream.call.Reply;
import dev.freshet.proxy.upstream.call.ResponseClassifier;
import dev.freshet.proxy.upstream.call.RetriedCalls;
import dev.freshet.proxy.upstream.document.FetchedManifest;
import dev.freshet.proxy.upstream.document.ManifestCalls;
import dev.freshet.proxy.upstream.document.MediaTypes;
import dev.freshet.proxy.upstream.guard.RateLimits.RateLimitBucket;
import dev.freshet.proxy.upstream.redirect.RedirectRules;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import okhttp3.Call;
import okhttp3.Challenge;
import okhttp3.Connection;
import okhttp3.EventListener;
import okhttp3.Handshake;
import okhttp3.HttpUrl;
import okhttp3.Protocol;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/**
 * Asks one registry, step by step, what a pull asks it, by the same means and under the same rules, and keeps nothing. The
 * methods block, each for about its patience at most, and are called one after the other by one thread.
 */
public final class RegistryProbe implements AutoCloseable {

    private final Upstream upstream;
    private final Duration patience;
    private final InstantSource clock;
    private final RegistryClient client;
    private final Authorizer authorizer;
    private final RegistryCalls calls;
    private final ManifestCalls manifests;
    private final ConnectionProgress progress = new ConnectionProgress();

    private List<Challenge> challenges = List.of();

    /**
     * @param patience how long each step may take
     * @param executor runs token fetches, unbounded
     * @throws IOException if the upstream's CA file cannot be used
     */
    public RegistryProbe(Upstream upstream, Duration patience, InstantSource clock, Scheduler scheduler,
            Executor executor) throws IOException {
        this.upstream = upstream;
        this.patience = patience;
        this.clock = clock;
        this.client = new RegistryClient(upstream, patience, patience, event -> {}, clock, scheduler,
                executor);
        this.authorizer = client.accounts().inTurn(RateLimitBucket.BLOBS).getFirst().authorizer();
        this.calls = client.calls();
        this.manifests = new ManifestCalls(upstream,
                new RetriedCalls(calls, clock, scheduler, new Hedges(scheduler, executor)), event -> {});
    }

    /**
     * Asks for {@code /v2/} without any authorisation (OCI distribution spec 1.1, "Determining Support").
     *
     * @return the schemes of authorisation that it wants; none when it is open to everyone, or says so elsewhere
     */
    public List<String> greet() throws OriginException, InterruptedException {
        RegistryRequest ask = ping(Optional.empty());
        try (Reply reply = calls.sendBare(ask, call -> call.addEventListener(progress))) {
            int status = reply.response().code();
            if (status == 401) {
                challenges = reply.response().challenges();
            } else if (status != 200 && status / 100 != 3) {
                throw ResponseClassifier.refusal(calls.failed(ask), reply, clock);
            } else if (MediaTypes.bare(reply.response().header("Content-Type")).equals("text/html") && status == 200) {
                throw new UpstreamException(FailureReason.BAD_ANSWER,
                        calls.failed(ask) + "it came as text/html, a web page");
            }
            return challenges.stream().map(Challenge::scheme).distinct().toList();
        }
    }

    /** How far the greeting has come, whether it was answered or not. */
    public ConnectionProgress progress() {
        return progress;
    }

    /**
     * Gets what the registry has asked for when it was greeted.
     *
     * @param repositoryName that is to be pulled from; empty to find out whether the registry authorises at all
     * @return who gave it; empty when nothing was asked for
     */
    public Optional<String> authorize(Optional<String> repositoryName) throws OriginException, InterruptedException {
        if (challenges.isEmpty()) {
            return Optional.empty();
        }
        String scope = repositoryName
                .map(name -> new RegistryRequest("", RequestKind.TOKEN, name, ping(Optional.empty()).request(),
                        Optional.empty()).scope())
                .orElse("");
        return switch (renewal(scope)) {
            case Renewal.Authorized(String authorization) -> {
                if (authorization.startsWith("Basic ")) {
                    show(authorization);
                }
                yield Optional.of(giver());
            }
            case Renewal.Impossible(String reason) -> throw new UpstreamException(FailureReason.UNAUTHORIZED,
                    "authorisation at upstream " + upstream.name() + " failed: " + reason);
        };
    }

    private Renewal renewal(String scope) throws OriginException, InterruptedException {
        try {
            return authorizer.renew(challenges, scope, Optional.empty());
        } catch (CredentialsRefusedException e) {
            throw new UpstreamException(FailureReason.UNAUTHORIZED, String.valueOf(e.getMessage()), e, null);
        }
    }

    /** Fetches a manifest. */
    public FetchedManifest manifest(Repository repository, Reference reference)
            throws OriginException, InterruptedException {
        return manifests.get(repository, reference, Accept.EVERYTHING, patience);
    }

    /**
     * Asks for one byte of a blob, wherever it is.
     *
     * @return the hosts that this led to, with their ports where these are not the usual ones; none when the registry sends
     *         it itself
     */
    public List<String> storageHosts(Repository repository, Digest digest)
            throws OriginException, InterruptedException {
        RegistryRequest ask = RegistryBlobs.firstByte(upstream, repository, digest, patience);
        HttpUrl url = ask.request().url();
        List<HttpUrl> asked = new ArrayList<>();
        try (Reply reply = calls.send(ask, url, call -> asked.add(call.request().url()))) {
            int status = reply.response().code();
            if (status != 200 && status != 206) {
                throw ResponseClassifier.refusal(calls.failed(ask), reply, clock);
            }
        }
        return asked.stream().filter(hop -> !(hop.host().equals(url.host()) && hop.port() == url.port()))
                .map(RegistryProbe::shown).distinct().toList();
    }

    @Override
    public void close() {
        client.close();
    }

    private RegistryRequest ping(Optional<String> authorization) {
        Request.Builder request = new Request.Builder()
                .url(upstream.url().newBuilder().addPathSegment("v2").addPathSegment("").build());
        authorization.ifPresent(value -> request.header("Authorization", value));
        return new RegistryRequest("GET of /v2/", RequestKind.MANIFEST, "", request.build(), Optional.of(patience));
    }

    /** What holds for every repository can be tried at once. */
    private void show(String authorization) throws OriginException, InterruptedException {
        RegistryRequest ask = ping(Optional.of(authorization));
        try (Reply reply = calls.sendBare(ask, call -> {})) {
            if (reply.response().code() == 401) {
                throw new UpstreamException(FailureReason.UNAUTHORIZED,
                        calls.failed(ask)
                                + "401, it refuses the user name and the password; check the upstream's username and"
                                + " password, or what its credential-command prints");
            }
        }
    }

    private String giver() {
        return challenges.stream().filter(challenge -> challenge.scheme().equalsIgnoreCase("Bearer"))
                .map(challenge -> HttpUrl.parse(challenge.authParams().getOrDefault("realm", "")))
                .flatMap(realm -> Optional.ofNullable(realm).map(RegistryProbe::shown).stream()).findFirst()
                .orElse("password");
    }

    private static String shown(HttpUrl url) {
        return url.port() == HttpUrl.defaultPort(url.scheme()) ? url.host() : RedirectRules.authority(url);
    }

    /** How far a call has come on its way to an answer; may be asked by any thread. */
    public static final class ConnectionProgress extends EventListener {

        private volatile Stage stage = Stage.NAME;
        private volatile String address = "";
        private volatile String connection = "plain";

        /** What is done, one after the other. */
        public enum Stage {

            /** Its name is being resolved. */
            NAME,
            /** It is being connected, and TLS agreed on. */
            CONNECTION,
            /** It has been asked. */
            ANSWER
        }

        ConnectionProgress() {}

        /** What is being done. */
        public Stage stage() {
            return stage;
        }

        /** The first address that the name stands for, and how many more there are; empty before that is known. */
        public String address() {
            return address;
        }

        /** The version of TLS, or that there is none. */
        public String connection() {
            return connection;
        }

        @Override
        public void dnsEnd(Call call, String domainName, List<InetAddress> addresses) {
            String more = addresses.size() > 1 ? " +" + (addresses.size() - 1) : "";
            address = addresses.isEmpty() ? "" : addresses.getFirst().getHostAddress() + more;
        }

        @Override
        public void connectStart(Call call, InetSocketAddress socketAddress, Proxy proxy) {
            stage = Stage.CONNECTION;
            InetAddress resolved = socketAddress.getAddress();
            if (address.isEmpty() && resolved != null) {
                address = resolved.getHostAddress();
            }
        }

        @Override
        public void secureConnectEnd(Call call, @Nullable Handshake handshake) {
            connection = handshake == null ? connection : handshake.tlsVersion().javaName();
        }

        @Override
        public void connectEnd(Call call, InetSocketAddress socketAddress, Proxy proxy, @Nullable Protocol protocol) {
            stage = Stage.ANSWER;
        }

        @Override
        public void connectionAcquired(Call call, Connection used) {
            stage = Stage.ANSWER;
        }
    }
}
