package dev.freshet.cache.store;

/**
 * Something that happened in Freshet and that logs, metrics and the readiness check report. Each layer has one sealed family
 * of them. A sink is a {@code Consumer<Event>}: it is called on the thread that caused the event, perhaps very often, so it
 * must be quick, must not throw and must be thread-safe.
 */
public interface Event {}
