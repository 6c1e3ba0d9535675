package dev.freshet.testbed.e2e;

import dev.freshet.testbed.client.RawClient;
import dev.freshet.testbed.wire.Answer;
import dev.freshet.testbed.wire.Content;
import dev.freshet.testbed.wire.Headers;
import dev.freshet.testbed.wire.Manner;
import dev.freshet.testbed.wire.Progress;
import dev.freshet.testbed.wire.Reply;
import dev.freshet.testbed.wire.Request;
import dev.freshet.testbed.wire.WireServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Stands between a client and Freshet, and notes what they say to each other. Safe for use by several threads. */
final class Recorder implements AutoCloseable {

    private final WireServer server = new WireServer(this::handle);
    private final Queue<Exchange> exchanges = new ConcurrentLinkedQueue<>();
    private volatile String freshet = "";

    /** {@code 127.0.0.1:port} of it. */
    String authority() {
        return server.authority();
    }

    /** From now on it leads to this host and port. */
    void leadTo(String authority) {
        freshet = authority;
    }

    /** What was said since the last time. */
    List<Exchange> take() {
        List<Exchange> taken = new ArrayList<>(exchanges);
        exchanges.clear();
        return taken;
    }

    @Override
    public void close() {
        server.close();
    }

    private Answer handle(Request request) throws IOException {
        String[] fields = request.withoutHeader("Host").headers().fields().stream()
                .flatMap(f -> List.of(f.name(), f.value()).stream()).toArray(String[]::new);
        try (RawClient client = RawClient.send(request.method(), "http://" + freshet + request.target(), fields)) {
            byte[] body = request.isHead() ? new byte[0] : client.readAll();
            exchanges.add(new Exchange(request.method(), request.target(), request.headers(),
                    Exchange.answer(client.status(), client.headers(), body)));
            Headers forwarded = client.headers().without("Connection").without("Transfer-Encoding");
            return new Answer(new Reply(client.status(), forwarded, Content.of(body)), Manner.PLAIN,
                    Progress.UNHEARD);
        }
    }
}
