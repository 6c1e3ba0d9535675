package dev.freshet.config.load;

import dev.freshet.config.FreshetConfig;
import dev.freshet.config.load.ConfigException.Problem;
import dev.freshet.config.load.EffectiveConfig.Setting;
import dev.freshet.config.load.Node.Origin;
import java.util.ArrayList;
import java.util.List;

/** The settings and the problems that a load has found so far, in order. Not thread-safe. */
final class Report {

    private final List<Setting> settings = new ArrayList<>();
    private final List<Problem> problems = new ArrayList<>();

    void setting(String key, String value, Origin origin) {
        settings.add(new Setting(key, value, origin.name()));
    }

    void problem(String key, Origin origin, String message) {
        problems.add(new Problem(key, origin.name(), message));
    }

    /** Adds a problem at the origin of the key's value. */
    void problem(String key, String message) {
        String origin = settings.stream().filter(setting -> setting.key().equals(key)).map(Setting::origin).findFirst()
                .orElse(Origin.DEFAULT.name());
        problems.add(new Problem(key, origin, message));
    }

    /** Whether a key has a value. */
    boolean hasSetting(String key) {
        return settings.stream().anyMatch(setting -> setting.key().equals(key));
    }

    /** Whether a key or a key below it already has a problem; then its consequences are not reported. */
    boolean hasProblem(String key) {
        return problems.stream().anyMatch(p -> p.key().equals(key) || p.key().startsWith(key + "."));
    }

    /** The checked configuration with the settings, if there are no problems. */
    EffectiveConfig effective(FreshetConfig config) throws ConfigException {
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return new EffectiveConfig(config, settings);
    }
}
