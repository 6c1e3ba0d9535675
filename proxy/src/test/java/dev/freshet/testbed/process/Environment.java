package dev.freshet.testbed.process;

import java.nio.file.Path;
import java.util.Map;

/**
 * What child processes get to see of this one's environment: where programs are, and nothing else. Their home is the
 * directory where they run, so that no configuration of the machine's user has a say.
 */
final class Environment {

    static final String PATH = System.getenv().getOrDefault("PATH", "/usr/bin:/bin")
            + ":/usr/local/sbin:/usr/sbin:/sbin";

    private Environment() {}

    static void prepare(ProcessBuilder builder, Path directory, Map<String, String> more) {
        builder.directory(directory.toFile()).redirectErrorStream(true);
        Map<String, String> environment = builder.environment();
        environment.clear();
        environment.put("PATH", PATH);
        environment.put("HOME", directory.toString());
        environment.put("LANG", "C.UTF-8");
        environment.putAll(more);
    }
}
