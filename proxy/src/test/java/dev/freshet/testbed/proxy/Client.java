package dev.freshet.testbed.proxy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A client that follows nothing, repeats nothing, and tells a short body from a whole one. */
public final class Client implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /** Gets everything there is to get. */
    public Got get(String url, String... headers) {
        return ask("GET", url, headers);
    }

    /** Asks for the head only. */
    public Got head(String url, String... headers) {
        return ask("HEAD", url, headers);
    }

    /** Begins to get something and goes on by itself. */
    public Future<Got> begin(String url, String... headers) {
        return threads.submit(() -> get(url, headers));
    }

    /** As many clients at once, each with all of it. */
    public List<Got> together(int count, String url, String... headers) {
        List<Future<Got>> begun = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            begun.add(begin(url, headers));
        }
        return begun.stream().map(Client::await).toList();
    }

    /** What came of a get that was begun. */
    public static Got await(Future<Got> begun) {
        try {
            return begun.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("a client failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for a client", e);
        }
    }

    /** A body as it comes; closing it early hangs up. */
    public Download stream(String url, String... headers) throws IOException {
        return Download.begin("GET", url, headers);
    }

    @Override
    public void close() {
        threads.shutdownNow();
        threads.close();
    }

    private static Got ask(String method, String url, String... headers) {
        try (Download download = Download.begin(method, url, headers)) {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            boolean cut = false;
            try {
                for (byte[] piece = download.read(); piece.length > 0; piece = download.read()) {
                    body.writeBytes(piece);
                }
            } catch (IOException e) {
                cut = true;
            }
            return new Got(download.status(), download.headers(), body.toByteArray(), cut);
        } catch (IOException e) {
            return Got.nothing();
        }
    }
}
