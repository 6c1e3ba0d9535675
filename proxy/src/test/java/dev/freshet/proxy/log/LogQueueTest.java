package dev.freshet.proxy.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import dev.freshet.proxy.log.LogQueue.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** The fault case L-09, and O-11: an output that takes nothing, or fails, holds up no thread that logs. */
@Timeout(60)
class LogQueueTest {

    private static final Duration GENEROUS = Duration.ofSeconds(30);
    private static final Duration NOT_AT_ALL = Duration.ZERO;

    private final LoggerContext context = new LoggerContext();
    private final Logger logger = context.getLogger("a");
    private final LogQueue queue = new LogQueue();
    private final Output output = new Output();

    /** Takes bytes while it is open, keeps whoever writes waiting while it is shut, and fails while it is full. */
    private static final class Output extends OutputStream {

        private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
        private final CountDownLatch writing = new CountDownLatch(1);
        private volatile CountDownLatch open = new CountDownLatch(0);
        private volatile boolean full;

        @Override
        public void write(int b) throws IOException {
            write(new byte[]{(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            writing.countDown();
            try {
                open.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            if (full) {
                throw new IOException("No space left on device");
            }
            taken.write(bytes, offset, length);
        }

        List<String> lines() {
            return taken.toString(StandardCharsets.UTF_8).lines().toList();
        }
    }

    @BeforeEach
    void start() {
        context.setMDCAdapter(new LogbackMDCAdapter());
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern("%level %msg%n");
        encoder.start();
        queue.setContext(context);
        queue.setEncoder(encoder);
        queue.writeTo(output);
        queue.start();
    }

    @AfterEach
    void stop() {
        output.open.countDown();
        queue.stop();
    }

    private void log(Level level, String message) {
        log(level, message, Instant.EPOCH);
    }

    private void log(Level level, String message, Instant time) {
        LoggingEvent event = new LoggingEvent("", logger, level, message, null, null);
        event.setInstant(time);
        queue.doAppend(event);
    }

    @Test
    void linesComeInTheirOrder() throws Exception {
        for (int i = 0; i < 1000; i++) {
            log(Level.INFO, "line " + i);
        }

        assertThat(queue.flush(GENEROUS)).isTrue();
        assertThat(output.lines()).hasSize(1000).first().isEqualTo("INFO line 0");
        assertThat(output.lines()).last().isEqualTo("INFO line 999");
    }

    @Test
    @DisplayName("L-09: an output that takes nothing holds up nothing, and what was dropped is counted and told of later")
    void anOutputThatTakesNothingHoldsUpNothing() throws Exception {
        output.open = new CountDownLatch(1);
        for (int i = 0; i < 2 * LogQueue.CAPACITY; i++) {
            log(Level.INFO, "line " + i);
        }
        output.writing.await();
        log(Level.WARN, "there is still room for a warning");
        long dropped = queue.dropped(Reason.FULL);

        output.open.countDown();

        assertThat(dropped).isBetween((long) LogQueue.CAPACITY, 2L * LogQueue.CAPACITY);
        assertThat(queue.flush(GENEROUS)).isTrue();
        assertThat(output.lines()).contains("WARN there is still room for a warning")
                .filteredOn(line -> line.startsWith("INFO")).hasSize((int) (2 * LogQueue.CAPACITY - dropped));
        assertThat(output.lines())
                .anyMatch(line -> line.startsWith("WARN " + dropped + " lines of the log were dropped"));
    }

    @Test
    @DisplayName("L-09: the end does not wait for an output that takes nothing")
    void theEndDoesNotWaitForAnOutputThatTakesNothing() throws Exception {
        output.open = new CountDownLatch(1);
        log(Level.INFO, "stuck");
        output.writing.await();

        assertThat(queue.flush(NOT_AT_ALL)).isFalse();
    }

    @Test
    @DisplayName("L-09: lines that cannot be written are counted, and the rest is written when there is room again")
    void aFullDiskIsCountedAndGoesOnByItself() throws Exception {
        output.full = true;
        log(Level.INFO, "lost");
        assertThat(queue.flush(GENEROUS)).isTrue();
        assertThat(queue.dropped(Reason.FAILED)).isEqualTo(1);

        output.full = false;
        log(Level.INFO, "kept");

        assertThat(queue.flush(GENEROUS)).isTrue();
        assertThat(output.lines()).contains("INFO kept").doesNotContain("INFO lost")
                .anyMatch(line -> line.startsWith("WARN 1 lines of the log were dropped"));
    }

    @Test
    @DisplayName("O-11: of 10,000 warnings within a second a thousand are written, and the next second's are again")
    void warningsWithoutEndAreSampled() throws Exception {
        for (int i = 0; i < 10_000; i++) {
            log(Level.ERROR, "again");
        }
        log(Level.INFO, "something else");
        log(Level.ERROR, "later", Instant.EPOCH.plusSeconds(1));

        assertThat(queue.flush(GENEROUS)).isTrue();
        assertThat(output.lines()).filteredOn("ERROR again"::equals).hasSize(LogQueue.MOST_WARNINGS);
        assertThat(output.lines()).contains("INFO something else", "ERROR later");
        assertThat(queue.dropped(Reason.REPEATED)).isEqualTo(10_000 - LogQueue.MOST_WARNINGS);
    }
}
