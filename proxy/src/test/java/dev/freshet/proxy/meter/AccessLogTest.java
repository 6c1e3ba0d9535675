package dev.freshet.proxy.meter;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.freshet.proxy.answer.CacheStatus;
import dev.freshet.proxy.http.RequestEnded;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** One request is one line of JSON, whatever a client sends: fault case P-28. */
class AccessLogTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Logger logger = (Logger) LoggerFactory.getLogger("access");
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final EventLog log = new EventLog(() -> 0);

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
        logger.setAdditive(false);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(lines);
        logger.setAdditive(true);
    }

    @Test
    void aLineTellsWhoAskedForWhatAndWhatBecameOfIt() {
        JsonNode line = JSON.readTree(line("GET", "/v2/a/manifests/1", "docker/29", "it failed"));

        assertThat(line.path("client").asString()).isEqualTo("10.0.0.1");
        assertThat(line.path("method").asString()).isEqualTo("GET");
        assertThat(line.path("path").asString()).isEqualTo("/v2/a/manifests/1");
        assertThat(line.path("status").asInt()).isEqualTo(502);
        assertThat(line.path("bytes").asLong()).isEqualTo(123);
        assertThat(line.path("ms").asLong()).isEqualTo(45);
        assertThat(line.path("cache").asString()).isEqualTo("passed");
        assertThat(line.path("outcome").asString()).isEqualTo("complete");
        assertThat(line.path("agent").asString()).isEqualTo("docker/29");
        assertThat(line.path("why").asString()).isEqualTo("it failed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nGET /forged", "a\nb", "%0d%0aforged", "\u001b[31mred\u001b[0m", "\u009b31mred",
            "\u0085next", "\u2028separator", "\u202ereversed", "\0", "\"},{\"status\":200", "\u007f", "\ud83d"})
    void nothingThatIsSentMakesTwoLinesOfOneOrReachesATerminal(String nasty) {
        String line = line(nasty, "/" + nasty, nasty, nasty);

        assertThat(line.chars()).allMatch(c -> c >= 0x20 && c < 0x80);
        assertThat(JSON.readTree(line).path("status").asInt()).isEqualTo(502);
    }

    @Test
    void hugeTextsAreCutShort() {
        String huge = "x".repeat(100_000);

        assertThat(line(huge, huge, huge, huge)).hasSizeLessThan(10_000);
    }

    private String line(String method, String path, @Nullable String agent, @Nullable String why) {
        log.accept(new RequestEnded("10.0.0.1", method, path, agent, null, 502, CacheStatus.PASSED,
                RequestEnded.Outcome.COMPLETE, 123, Duration.ofMillis(45), why));
        assertThat(lines.list).hasSize(1);
        return lines.list.getFirst().getFormattedMessage();
    }
}
