package dev.freshet.proxy.upstream.auth;

import dev.freshet.cache.store.Event;
import dev.freshet.proxy.upstream.Scheduler;
import dev.freshet.proxy.upstream.Upstream;
import dev.freshet.proxy.upstream.UpstreamEvent;
import dev.freshet.proxy.upstream.UpstreamEvent.RequestKind;
import dev.freshet.proxy.upstream.UpstreamException;
import dev.freshet.proxy.upstream.socket.Reasons;
import dev.freshet.proxy.upstream.socket.UpstreamHttp;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import okhttp3.Request;
import okhttp3.Response;

/**
 * Shows a name and a password to a registry's {@code /v2/} (OCI distribution spec 1.1, "Determining Support"), which is of no
 * repository.
 */
public final class RegistryLoginCheck implements LoginCheck {

    private final Upstream upstream;
    private final UpstreamHttp http;
    private final Consumer<Event> events;
    private final Scheduler scheduler;
    private final Duration patience;

    /** @param patience how long the answer may take */
    public RegistryLoginCheck(Upstream upstream, UpstreamHttp http, Consumer<Event> events, Scheduler scheduler,
            Duration patience) {
        this.upstream = upstream;
        this.http = http;
        this.events = events;
        this.scheduler = scheduler;
        this.patience = patience;
    }

    @Override
    public Verdict show(Credential credential) throws UpstreamException, InterruptedException {
        if (!(credential instanceof Credential.Login login)) {
            return Verdict.UNCLEAR;
        }
        Request request = new Request.Builder()
                .url(upstream.url().newBuilder().addPathSegment("v2").addPathSegment("").build())
                .header("Authorization", BasicAuth.header(login)).build();
        long began = scheduler.nanoTime();
        try (Response response = UpstreamHttp.bounded(http.call(request, true), patience).execute()) {
            events.accept(new UpstreamEvent.Answered(upstream.name(), RequestKind.TOKEN, response.code(),
                    Duration.ofNanos(scheduler.nanoTime() - began)));
            return switch (response.code()) {
                case 200 -> Verdict.TAKEN;
                case 401, 403 -> Verdict.REFUSED;
                default -> Verdict.UNCLEAR;
            };
        } catch (IOException e) {
            if (Thread.interrupted()) {
                throw (InterruptedException) new InterruptedException("GET of /v2/ interrupted").initCause(e);
            }
            events.accept(new UpstreamEvent.Unanswered(upstream.name(), RequestKind.TOKEN,
                    Duration.ofNanos(scheduler.nanoTime() - began)));
            throw new UpstreamException(UpstreamException.reasonOf(e),
                    "GET of /v2/ from upstream " + upstream.name() + " failed: "
                            + Reasons.of(e),
                    e, null);
        }
    }
}
