package dev.freshet.proxy;

import dev.freshet.config.load.ConfigLoader;
import dev.freshet.config.load.ConfigLoader.ConfigSources;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Starts that fail. */
class StartTest {

    @TempDir
    private Path directory = Path.of("");

    @ParameterizedTest(name = "{0}")
    @CsvSource({"listen, admin.listen", "admin.listen, listen"})
    void aPortThatIsTakenLeavesNothingBehind(String taken, String free) throws Exception {
        Path data = directory.resolve("data");
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> start(taken + "=127.0.0.1:" + other.getLocalPort(), free + "=127.0.0.1:0",
                    "data=" + data))
                    .hasMessage("listen on 127.0.0.1:" + other.getLocalPort()
                            + " failed: Address already in use; end what uses it, or choose another `" + taken + "`");
        }

        assertThat(data).doesNotExist();
    }

    private void start(String... settings) throws Exception {
        Freshet.start(ConfigLoader
                .load(new ConfigSources(Optional.empty(), Map.of(), List.of(settings), directory)).config()).close();
    }
}
