package dev.freshet.proxy.serve.repository;

import dev.freshet.cache.fill.OriginException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;

/**
 * Calls that are shared: a caller that asks while a call for the same key is running waits for its outcome, good or bad, and
 * makes no other. Safe for use by several threads.
 */
public final class SharedCalls<K, V> {

    private final ConcurrentMap<K, CompletableFuture<V>> running = new ConcurrentHashMap<>();

    /** A call to an upstream. */
    @FunctionalInterface
    public interface UpstreamCall<V> {

        V make() throws OriginException, InterruptedException;
    }

    /**
     * The outcome of a call.
     *
     * @param shared whether another thread made the call
     */
    public record Outcome<V>(V value, boolean shared) {}

    /** Makes the call, or waits for the one that is running. */
    public Outcome<V> get(K key, UpstreamCall<V> call) throws OriginException, InterruptedException {
        CompletableFuture<V> mine = new CompletableFuture<>();
        CompletableFuture<V> other = running.putIfAbsent(key, mine);
        if (other != null) {
            return new Outcome<>(await(other), true);
        }
        try {
            mine.complete(call.make());
        } catch (Throwable e) {
            mine.completeExceptionally(e);
        } finally {
            running.remove(key, mine);
        }
        return new Outcome<>(await(mine), false);
    }

    private static <V> V await(CompletableFuture<V> future)
            throws OriginException, InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case OriginException failure -> throw failure;
                case InterruptedException failure -> throw failure;
                case Error failure -> throw failure;
                case RuntimeException failure -> throw failure;
                case null, default -> throw new IllegalStateException("call to an upstream failed", e);
            }
        }
    }
}
