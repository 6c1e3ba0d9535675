package dev.freshet.config.load;

/**
 * An option as it is in effect.
 *
 * @param key its full key
 * @param value as it would be written in a file; {@code <hidden>} for secrets
 * @param origin {@code default}, {@code <file>:<line>}, the environment variable, or {@code --set}
 */
public record Setting(String key, String value, String origin) {}
