package dev.freshet.config.load;

import java.util.ArrayList;
import java.util.List;

/** The settings bound so far, in order; used by one thread. */
final class Settings {

    private final List<Setting> settings = new ArrayList<>();

    void add(String key, String value, Origin origin) {
        settings.add(new Setting(key, value, origin.toString()));
    }

    List<Setting> all() {
        return List.copyOf(settings);
    }

    /** Whether this key has a value. */
    boolean has(String key) {
        return settings.stream().anyMatch(setting -> setting.key().equals(key));
    }

    /** Where the value of this key came from. */
    String originOf(String key) {
        return settings.stream().filter(setting -> setting.key().equals(key)).map(Setting::origin).findFirst()
                .orElseGet(() -> new Origin.Default().toString());
    }
}
