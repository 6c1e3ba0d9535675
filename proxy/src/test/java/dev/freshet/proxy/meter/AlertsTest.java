package dev.freshet.proxy.meter;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code docs/alerts.yml} and the list of metrics. */
class AlertsTest {

    private static final Path FILE = Path.of("..", "docs", "alerts.yml");
    private static final Pattern NAME = Pattern.compile("\\bfreshet_\\w+");

    @Test
    void everyMetricThatARuleNamesExists() throws Exception {
        Set<String> known = Arrays.stream(Metric.values()).map(Metric::prometheusName).collect(Collectors.toSet());

        Set<String> named = new TreeSet<>();
        for (JsonNode rule : rules()) {
            NAME.matcher(rule.path("expr").asString()).results().map(MatchResult::group).forEach(named::add);
        }

        assertThat(named).isNotEmpty().isSubsetOf(known);
    }

    @Test
    void everyRuleSaysWhatIsWrongAndWhatToDo() throws Exception {
        assertThat(rules()).isNotEmpty().allSatisfy(rule -> {
            assertThat(rule.path("alert").asString()).startsWith("Freshet");
            assertThat(rule.path("expr").asString()).isNotBlank();
            assertThat(rule.path("labels").path("severity").asString()).isIn("critical", "warning");
            assertThat(rule.path("annotations").path("summary").asString()).isNotBlank();
            assertThat(rule.path("annotations").path("description").asString()).isNotBlank();
        });
    }

    private static Iterable<JsonNode> rules() throws Exception {
        return YAMLMapper.builder().build().readTree(Files.readString(FILE)).path("groups").path(0).path("rules");
    }
}
