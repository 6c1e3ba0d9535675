package dev.freshet.cache.evict;

/**
 * One fill's place in the order in which fills go, as it outlives a restart.
 *
 * @param fill its number
 * @param bytes what it weighs
 * @param uses how often it was wanted, its adding included; old uses count less, and two or more say that it was wanted
 *        again
 */
public record Ranked(long fill, long bytes, int uses) {}
