package dev.freshet.proxy.error;

import dev.freshet.cache.fill.FailureReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code docs/failures.md}, written from the list of reasons. */
class FailuresPageTest {

    private static final Path PAGE = Path.of("..", "docs", "failures.md");
    private static final String COMMAND = "mvn -pl config,cache,proxy test -Dtest=FailuresPageTest"
            + " -Dsurefire.failIfNoSpecifiedTests=false -Dfreshet.docs.write=true";
    private static final String INTRODUCTION = """
            # Failures

            This page is generated from the code; a test fails when it is stale. A fill or a request to a registry fails for one of
            these reasons. The label is the `end` of `freshet_fills_ended_total` and appears in the log of fills. A client gets the
            status and the code, with `Retry-After` where its retry may help. A missing manifest has the code `MANIFEST_UNKNOWN`.

            | label | meaning | fault of | Freshet retries | status | code | client may retry |
            |---|---|---|---|---|---|---|
            """;

    @Test
    void thePageSaysWhatTheListSays() throws IOException {
        String page = INTRODUCTION
                + Arrays.stream(FailureReason.values()).map(FailuresPageTest::row).collect(Collectors.joining());

        if (Boolean.getBoolean("freshet.docs.write")) {
            Files.writeString(PAGE, page);
        }

        assertThat(PAGE).as("docs/failures.md is stale: write it anew with %s", COMMAND).exists().hasContent(page);
    }

    private static String row(FailureReason reason) {
        return "| `" + reason.label() + "` | " + reason.words() + " | " + reason.fault().name().toLowerCase(Locale.ROOT)
                + " | " + yes(reason.retryable()) + " | " + reason.status() + " | `" + ErrorCode.valueOf(reason.code())
                + "` | " + yes(reason.clientRetryable()) + " |\n";
    }

    private static String yes(boolean is) {
        return is ? "yes" : "no";
    }
}
