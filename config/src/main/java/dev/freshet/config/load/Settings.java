package dev.freshet.config.load;

import dev.freshet.config.load.EffectiveConfig.Setting;
import java.util.ArrayList;
import java.util.List;

/** The settings bound so far, in order. Not thread-safe. */
final class Settings {

    private final List<Setting> settings = new ArrayList<>();

    void add(String key, String value, Origin origin) {
        settings.add(new Setting(key, value, origin.toString()));
    }

    List<Setting> all() {
        return List.copyOf(settings);
    }

    /** Whether a key has a value. */
    boolean has(String key) {
        return settings.stream().anyMatch(setting -> setting.key().equals(key));
    }

    /** The origin of the value of a key. */
    String originOf(String key) {
        return settings.stream().filter(setting -> setting.key().equals(key)).map(Setting::origin).findFirst()
                .orElseGet(() -> new Origin.Default().toString());
    }
}
