package dev.freshet.testbed.e2e;

import dev.freshet.testbed.client.FreshetProcess;
import dev.freshet.testbed.client.StateDirectory;
import dev.freshet.testbed.process.NothingLeftRunning;
import dev.freshet.testbed.proxy.Client;
import dev.freshet.testbed.proxy.Got;
import dev.freshet.testbed.proxy.Samples;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;

/** The fault case L-09: a Freshet whose standard output takes nothing, or fails, serves and ends as ever. */
@ExtendWith(NothingLeftRunning.class)
@Timeout(240)
class BlockedLogIT {

    /** Enough that their lines fill a pipe of 64 KiB and the queue behind it. */
    private static final int REQUESTS = 6000;

    @AutoClose
    private final StateDirectory directory;
    @AutoClose
    private final Client client = new Client();
    private final String data;
    private final String admin;
    private final ProcessBuilder builder;

    @SuppressWarnings("NullAway.Init")
    private Process process;

    BlockedLogIT() throws IOException {
        directory = new StateDirectory("log");
        try (ServerSocket one = free(); ServerSocket other = free()) {
            data = "127.0.0.1:" + one.getLocalPort();
            admin = "127.0.0.1:" + other.getLocalPort();
        }
        Path config = directory.write("freshet.yaml", """
                listen: %s
                admin: { listen: "%s" }
                data: %s
                """.formatted(data, admin, directory.at("data")));
        builder = new ProcessBuilder(FreshetProcess.command(config)).redirectErrorStream(true);
    }

    private static ServerSocket free() throws IOException {
        return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }

    @BeforeEach
    void clearEnvironment() {
        builder.environment().keySet().removeIf(name -> name.startsWith("FRESHET"));
    }

    @AfterEach
    void end() throws Exception {
        process.destroyForcibly();
        process.waitFor(60, TimeUnit.SECONDS);
    }

    private void start() throws IOException {
        process = builder.start();
        await("it is alive", () -> client.get("http://" + admin + "/livez").status() == 200);
    }

    private void everyRequestIsAnswered() {
        for (int i = 0; i < REQUESTS; i++) {
            Got got = client.get("http://" + data + "/v2/");
            assertThat(got.status()).as("request %s", i).isEqualTo(200);
        }
        assertThat(client.get("http://" + admin + "/livez").status()).isEqualTo(200);
    }

    private long dropped(String reason) {
        return Samples.sum(client.get("http://" + admin + "/metrics").text(), "freshet_log_dropped_total",
                "reason=\"" + reason + "\"");
    }

    private void await(String what, BooleanSupplier condition) {
        long began = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - began).as(what).isLessThan(TimeUnit.SECONDS.toNanos(60));
            assertThat(process.isAlive()).as("freshet runs").isTrue();
            Thread.onSpinWait();
        }
    }

    private void endsInOrder() throws InterruptedException {
        process.destroy();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("it ends").isTrue();
        assertThat(process.exitValue()).isZero();
    }

    @Test
    @DisplayName("L-09: a pipe that is not read holds up no request, and the log goes on when it is read again")
    void aPipeThatIsNotRead() throws Exception {
        start();

        everyRequestIsAnswered();

        assertThat(dropped("full")).isPositive();
        try (InputStream output = process.getInputStream()) {
            StringBuilder read = new StringBuilder();
            byte[] some = new byte[65_536];
            while (read.indexOf("lines of the log were dropped") < 0) {
                int count = output.read(some);
                assertThat(count).as("more output").isPositive();
                read.append(new String(some, 0, count, StandardCharsets.UTF_8));
            }
        }
    }

    @Test
    @DisplayName("L-09: a pipe that is not read does not keep it from ending")
    void aPipeThatIsNotReadAtTheEnd() throws Exception {
        start();
        everyRequestIsAnswered();

        endsInOrder();
    }

    @Test
    @DisplayName("L-09: a pipe whose reader has gone holds up no request")
    void aPipeWithoutReader() throws Exception {
        start();
        process.getInputStream().close();

        everyRequestIsAnswered();

        await("lines are counted", () -> dropped("failed") > 0);
        endsInOrder();
    }

    @Test
    @DisplayName("L-09: a full disk behind standard output holds up no request")
    void aFullDisk() throws Exception {
        builder.redirectOutput(new File("/dev/full"));
        start();

        everyRequestIsAnswered();

        await("lines are counted", () -> dropped("failed") > 0);
        endsInOrder();
    }
}
