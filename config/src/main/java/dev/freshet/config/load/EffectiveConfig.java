package dev.freshet.config.load;

import dev.freshet.config.FreshetConfig;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A checked configuration with the origin of each value.
 *
 * @param config the options
 * @param settings one for each option, in the order of the option tree; options without a value are left out
 */
public record EffectiveConfig(FreshetConfig config, List<Setting> settings) {

    public EffectiveConfig {
        settings = List.copyOf(settings);
    }

    /** A line for each setting: key, value and origin in columns. */
    public String render() {
        int keys = settings.stream().mapToInt(setting -> setting.key().length()).max().orElse(0);
        int values = settings.stream().mapToInt(setting -> setting.value().length()).max().orElse(0);
        return settings.stream().map(setting -> pad(setting.key(), keys) + "  " + pad(setting.value(), values)
                + "  " + setting.origin() + "\n").collect(Collectors.joining());
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(width - text.length());
    }

    /**
     * An effective option.
     *
     * @param key full key
     * @param value as in a file; {@code <hidden>} for secrets
     * @param origin {@code default}, {@code <file>:<line>}, the environment variable, or {@code --set}
     */
    public record Setting(String key, String value, String origin) {}
}
