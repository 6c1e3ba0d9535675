package dev.freshet.proxy.meter;

import dev.freshet.testbed.process.Command;
import dev.freshet.testbed.process.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code docs/alerts.yml} as Prometheus itself understands it. */
class AlertsIT {

    private @TempDir Path directory = Path.of("");

    @BeforeEach
    void copyRules() throws IOException {
        for (String file : List.of("alerts.yml", "prometheus.yml")) {
            Files.copy(Path.of("..", "docs", file), directory.resolve(file));
        }
    }

    @Test
    void prometheusTakesTheConfigurationAndItsRules() throws IOException {
        try (Stream<String> lines = Files.lines(directory.resolve("alerts.yml"))) {
            long rules = lines.filter(line -> line.strip().startsWith("- alert:")).count();

            assertThat(promtool("check", "config", "prometheus.yml").output()).contains(rules + " rules found");
        }
    }

    @Test
    void eachRuleSpeaksUpWhenItShouldAndNotBefore() throws IOException {
        Files.copy(Path.of("src", "test", "resources", "alerts-played.yml"), directory.resolve("played.yml"));

        assertThat(promtool("test", "rules", "played.yml").output()).contains("SUCCESS");
    }

    private Command.Result promtool(String... arguments) throws IOException {
        Command.Result result = new Command(List.of(Tool.PROMTOOL.path()), Map.of(), directory).and(arguments).run();
        assertThat(result.exitCode()).as("%s", result.output()).isZero();
        return result;
    }
}
