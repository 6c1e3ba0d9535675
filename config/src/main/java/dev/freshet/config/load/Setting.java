package dev.freshet.config.load;

/**
 * An effective option.
 *
 * @param key full key
 * @param value as in a file; {@code <hidden>} for secrets
 * @param origin {@code default}, {@code <file>:<line>}, the environment variable, or {@code --set}
 */
public record Setting(String key, String value, String origin) {}
