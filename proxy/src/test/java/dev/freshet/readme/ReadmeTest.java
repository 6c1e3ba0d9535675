package dev.freshet.readme;

import java.nio.file.Files;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What can be said of the README without running anything. */
class ReadmeTest {

    /** What {@link ReadmeIT} runs. */
    private static final List<String> RUN = List.of("./freshet serve", "./freshet verify", "./freshet check-config",
            "./freshet client-config CLIENT --url http://mirror.example.com:5000");

    /** What needs the network, containers of its own, minutes, or is how this test came to run. */
    private static final List<String> NOT_RUN = List.of("git clone <this repository> freshet && cd freshet",
            "docker pull localhost:5000/docker.io/library/busybox",
            "docker pull localhost:5000/quay.io/prometheus/prometheus",
            "./freshet doctor", "./freshet prefetch docker.io/library/busybox",
            "./freshet inspect mcr.microsoft.com/windows/nanoserver:1809", "docker compose up --build",
            "python3 bench/cold_miss.py", "mvn verify", "mvn verify -Pclients");

    private final Readme readme = Readme.read();

    @Test
    void everyCommandIsRunOrKnownNotToBe() {
        assertThat(readme.commands())
                .containsExactlyInAnyOrderElementsOf(Stream.concat(RUN.stream(), NOT_RUN.stream()).toList());
    }

    @Test
    void everyLinkLeadsSomewhere() {
        assertThat(readme.links()).isNotEmpty().allSatisfy(link -> assertThat(Readme.ROOT.resolve(link)).exists());
    }

    @Test
    void everyScriptThatIsNamedExists() {
        assertThat(readme.commands().filter(command -> command.startsWith("python3 "))
                .map(command -> Readme.ROOT.resolve(command.split(" ", -1)[1])))
                .isNotEmpty().allSatisfy(script -> assertThat(Files.isRegularFile(script)).isTrue());
    }

    @Test
    void itIsShortEnoughToBeRead() {
        assertThat(readme.lines()).isLessThan(250);
    }
}
