package dev.freshet.testbed.registry;

import dev.freshet.cache.name.Digest;
import dev.freshet.cache.name.InvalidNameException;
import dev.freshet.testbed.fault.Delivery;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.FaultPlan;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.storage.ObjectStore;
import dev.freshet.testbed.storage.S3Storage;
import dev.freshet.testbed.storage.SigV4;
import dev.freshet.testbed.traffic.Endpoint;
import dev.freshet.testbed.traffic.Traffic;
import dev.freshet.testbed.wire.Answer;
import dev.freshet.testbed.wire.Content;
import dev.freshet.testbed.wire.Headers;
import dev.freshet.testbed.wire.Manner;
import dev.freshet.testbed.wire.Progress;
import dev.freshet.testbed.wire.Reply;
import dev.freshet.testbed.wire.Request;
import dev.freshet.testbed.wire.WireServer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A registry in this process, and the storage that its blobs are redirected to, each on a loopback port of its own.
 * Settings say how it behaves, {@link #when} what goes wrong, {@link #traffic()} what it saw. Safe for use by several
 * threads.
 */
public final class FakeRegistry implements AutoCloseable {

    private final Traffic traffic = new Traffic();
    private final FaultPlan faults = new FaultPlan();
    private final Shelf shelf = new Shelf();
    private final Authority authority = new Authority();
    private final SigV4 signer = new SigV4("AKIATESTBED", "the-secret-key-of-the-testbed", "us-east-1");
    private final S3Storage storage;
    private final WireServer server;
    private volatile RegistrySettings settings;

    /** As a registry that does nothing wrong; serves when it returns. */
    public FakeRegistry() {
        this(RegistrySettings.DEFAULTS);
    }

    /** Serves when it returns. */
    public FakeRegistry(RegistrySettings settings) {
        this.settings = settings;
        ObjectStore objects = path -> digest(path.substring(path.lastIndexOf('/') + 1)).flatMap(shelf::blob);
        this.storage = new S3Storage(signer, objects, () -> this.settings.storage(), traffic, faults);
        this.server = new WireServer(this::handle);
    }

    /** {@code 127.0.0.1:port} of the registry. */
    public String authority() {
        return server.authority();
    }

    /** {@code http://127.0.0.1:port} of the registry. */
    public String url() {
        return "http://" + authority();
    }

    /** {@code 127.0.0.1:port} of the storage. */
    public String storageAuthority() {
        return storage.authority();
    }

    /** As many connections did the storage accept so far. */
    public int storageConnections() {
        return storage.accepted();
    }

    /** What registry and storage saw. */
    public Traffic traffic() {
        return traffic;
    }

    /** From now on these requests meet these faults, applied in this order. */
    public void when(On on, Fault... what) {
        faults.add(on, what);
    }

    /** From now on nothing goes wrong any more. */
    public void heal() {
        faults.clear();
    }

    /** From now on it behaves like this. */
    public void reconfigure(UnaryOperator<RegistrySettings> change) {
        settings = change.apply(settings);
    }

    /** Puts a blob into a repository. */
    public Digest blob(String repository, byte[] content) {
        Digest digest = Digest.sha256(content);
        blob(repository, digest, Content.of(content));
        return digest;
    }

    /** Puts a blob into a repository under a digest that may be a lie. */
    public void blob(String repository, Digest digest, Content content) {
        shelf.addBlob(repository, digest, content);
    }

    /** Puts a manifest into a repository. */
    public Digest manifest(String repository, String mediaType, byte[] body) {
        Digest digest = Digest.sha256(body);
        manifest(repository, digest, mediaType, body);
        return digest;
    }

    /** Puts a manifest into a repository under a digest that may be a lie, or of a part of it. */
    public void manifest(String repository, Digest digest, String mediaType, byte[] body) {
        shelf.addManifest(repository, new Shelf.Manifest(digest, mediaType, Content.of(body)));
    }

    /** Lets a tag of a repository mean this manifest. */
    public void tag(String repository, String tag, Digest manifest) {
        shelf.tag(repository, tag, manifest);
    }

    /** Whoever does not take the type of a tag's manifest gets this one, or 404 when that is not taken either. */
    public void alternative(String repository, String tag, Digest manifest) {
        shelf.tag(repository, tag + Shelf.ALTERNATIVE, manifest);
    }

    /** A tag of a repository goes. */
    public void untag(String repository, String tag) {
        shelf.untag(repository, tag);
    }

    /** Lets something refer to a manifest, or to what may become one: a descriptor in JSON, which may be a lie. */
    public void referrer(String repository, Digest subject, String descriptor) {
        shelf.refer(repository, subject, descriptor);
    }

    /** A URL on the registry that redirects so many times, relatively, before it redirects to where it should. */
    public String hops(int count, String to) {
        return "/hop/" + (count - 1) + "?to=" + URLEncoder.encode(to, StandardCharsets.UTF_8);
    }

    /** Refuses all connections and cuts the running ones, until {@link #start()}. */
    public void stop() {
        server.stop();
        storage.stop();
    }

    /** Serves again, on the same ports. */
    public void start() {
        storage.start();
        server.start();
    }

    @Override
    public void close() {
        server.close();
        storage.close();
    }

    private Answer handle(Request request) {
        RegistryPath path = RegistryPath.parse(request.path());
        Optional<Digest> digest = digest(path.reference());
        Progress progress = traffic.begin(path.endpoint(), request, digest);
        List<Fault> drawn = faults.draw(path.endpoint(), request, digest);
        RegistrySettings now = settings;
        Reply reply = switch (path.endpoint()) {
            case TOKEN -> authority.token(request, now);
            case OTHER, STORAGE, BACKEND -> elsewhere(request);
            case PING, MANIFEST, BLOB, TAGS, REFERRERS -> authority
                    .refusal(request, path.repository(), now, authority())
                    .orElseGet(() -> content(request, path, drawn));
        };
        Delivery delivery = new Delivery(reply.withHeader("Docker-Distribution-API-Version", "registry/2.0"),
                Manner.PLAIN);
        for (Fault fault : drawn) {
            delivery = fault.apply(delivery);
        }
        return new Answer(delivery.reply(), delivery.manner(), progress);
    }

    private Reply content(Request request, RegistryPath path, List<Fault> drawn) {
        if (!request.method().equals("GET") && !request.isHead()) {
            return Reply.error(405, "UNSUPPORTED", "this registry is read-only");
        }
        if (path.endpoint() != Endpoint.PING && !shelf.knows(path.repository())) {
            return Reply.error(404, "NAME_UNKNOWN", "repository name not known to registry");
        }
        return switch (path.endpoint()) {
            case PING -> Reply.of(200, "application/json", "{}");
            case MANIFEST -> manifest(request, path);
            case BLOB -> blob(request, path, drawn);
            case TAGS -> TagList.of(request, path.repository(), shelf.tags(path.repository()),
                    settings.lists().most());
            case REFERRERS -> settings.lists().knowsReferrers()
                    ? ReferrerList.of(request, shelf.referrers(path.repository(), path.reference()),
                            settings.lists().most())
                    : Reply.error(404, "NOT_FOUND", "no such endpoint");
            case TOKEN, STORAGE, BACKEND, OTHER -> elsewhere(request);
        };
    }

    private Reply manifest(Request request, RegistryPath path) {
        return shelf.manifest(path.repository(), path.reference(), request.headers().all("Accept"))
                .map(m -> new Reply(200, Headers.of("Content-Type", m.mediaType(), "Docker-Content-Digest",
                        m.digest().toString(), "ETag", "\"" + m.digest() + "\""), m.body()))
                .orElseGet(() -> Reply.error(404, "MANIFEST_UNKNOWN", "manifest unknown"));
    }

    private Reply blob(Request request, RegistryPath path, List<Fault> drawn) {
        Optional<Digest> digest = shelf.linked(path.repository(), path.reference());
        Optional<Content> content = digest.flatMap(shelf::blob);
        if (digest.isEmpty() || content.isEmpty()) {
            return Reply.error(404, "BLOB_UNKNOWN", "blob unknown to registry");
        }
        if (settings.redirects()) {
            boolean dead = drawn.stream().anyMatch(Fault.ExpiredUrl.class::isInstance);
            return Reply.empty(307, Headers.of("Content-Type", "application/octet-stream", "Location",
                    signed(request.method(), digest.get(), dead)));
        }
        boolean deaf = drawn.stream().anyMatch(Fault.IgnoreRange.class::isInstance);
        Reply whole = new Reply(200, Headers.of("Content-Type", "application/octet-stream", "Accept-Ranges", "bytes",
                "Docker-Content-Digest", digest.get().toString()), content.get());
        return deaf ? whole : whole.ranged(request);
    }

    private String signed(String method, Digest digest, boolean dead) {
        Duration life = settings.urlLife();
        Instant now = settings.clock().instant();
        String path = "/bucket/blobs/sha256/" + digest.hex().substring(0, 2) + "/" + digest.hex();
        return signer.presign(method, storage.authority(), path, dead ? now.minus(life.plusSeconds(1)) : now, life);
    }

    private static Reply elsewhere(Request request) {
        if (!request.path().matches("/hop/\\d+")) {
            return Reply.error(404, "UNSUPPORTED", "no such endpoint");
        }
        int left = Integer.parseInt(request.path().substring("/hop/".length()));
        String location = left == 0
                ? request.parameter("to").orElseThrow()
                : "/hop/" + (left - 1) + "?" + request.query();
        return Reply.empty(307, Headers.of("Location", location));
    }

    private static Optional<Digest> digest(String text) {
        try {
            return Optional.of(Digest.parse(text.contains(":") ? text : "sha256:" + text));
        } catch (InvalidNameException e) {
            return Optional.empty();
        }
    }
}
