package dev.freshet.config.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code docs/configuration.md} and the records. */
class ConfigurationPageTest {

    private static final Path PAGE = Path.of("..", "docs", "configuration.md");
    private static final String COMMAND = "mvn -pl config test -Dtest=ConfigurationPageTest -Dfreshet.docs.write=true";

    @Test
    void thePageSaysWhatTheRecordsSay() throws IOException {
        String page = ConfigurationPage.write();

        if (Boolean.getBoolean("freshet.docs.write")) {
            Files.createDirectories(PAGE.resolve("..").normalize());
            Files.writeString(PAGE, page);
        }

        assertThat(PAGE).as("docs/configuration.md is stale: write it anew with %s", COMMAND).exists()
                .hasContent(page);
    }

    @Test
    void noTwoKeysHaveOneVariable() {
        assertThat(Variables.all()).extracting(Variables.Variable::name).doesNotHaveDuplicates()
                .contains("FRESHET_CACHE_MEMORY", "FRESHET_DEFAULT_UPSTREAM");
    }
}
