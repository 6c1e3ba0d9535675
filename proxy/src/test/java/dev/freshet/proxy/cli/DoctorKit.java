package dev.freshet.proxy.cli;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.proxy.Bytes;
import dev.freshet.testbed.registry.FakeRegistry;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** A registry with an image, {@code lab/library/thing:1.0}, and the command that asks how it is. */
abstract class DoctorKit {

    static final String REPO = "library/thing";
    static final String IMAGE = "lab/" + REPO + ":1.0";
    static final String PASSWORD = "never-printed";

    final FakeRegistry registry = new FakeRegistry();
    final Map<String, String> options = new LinkedHashMap<>();

    @TempDir
    Path directory = Path.of("");

    /** What the command printed, and how it ended. */
    record Run(int code, String out, String err) {

        /** The row of an upstream, its columns parted by one blank. */
        String row(String upstream) {
            return out.lines().filter(line -> line.startsWith(upstream + " ")).findFirst().orElseThrow()
                    .replaceAll(" +", " ");
        }
    }

    @BeforeEach
    void publish() {
        Digest config = registry.blob(REPO, Bytes.of("{}"));
        Digest layer = registry.blob(REPO, Bytes.random(3_000));
        registry.tag(REPO, "1.0", registry.manifest(REPO, "application/vnd.oci.image.manifest.v1+json", Bytes.of("""
                {"config":{"digest":"%s","size":2},"layers":[{"digest":"%s","size":3000}]}""".formatted(config,
                layer))));
        set("default-upstream", "lab").set("upstreams.lab.url", registry.url()).set("upstreams.lab.redirect-hosts",
                registry.storageAuthority());
    }

    @AfterEach
    void close() {
        registry.close();
    }

    DoctorKit set(String key, String value) {
        options.put(key, value);
        return this;
    }

    /** As {@link #doctor}, with the registry's image. */
    Run examine(String... arguments) {
        List<String> all = new ArrayList<>(List.of("--image", IMAGE));
        all.addAll(Arrays.asList(arguments));
        return doctor(all.toArray(String[]::new));
    }

    /** Runs the command; it may print no secret. */
    Run doctor(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        List<String> all = new ArrayList<>(List.of("doctor"));
        options.forEach((key, value) -> all.addAll(List.of("--set", key + "=" + value)));
        all.addAll(Arrays.asList(arguments));
        int code = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), all.toArray(String[]::new));
        Run run = new Run(code, out.toString(), err.toString());
        assertThat(run.toString()).doesNotContain("X-Amz", "testbed-token-", PASSWORD);
        return run;
    }
}
