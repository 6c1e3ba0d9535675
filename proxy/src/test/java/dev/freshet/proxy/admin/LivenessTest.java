package dev.freshet.proxy.admin;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import dev.freshet.proxy.http.IoThreads;
import dev.freshet.testbed.proxy.Client;
import dev.freshet.testbed.proxy.Got;
import dev.freshet.testbed.proxy.ProxyFixture;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/** The fault cases L-09 and O-09: liveness tells of an I/O thread that is stuck, and of nothing else. */
@Timeout(60)
class LivenessTest {

    @RegisterExtension
    private final ProxyFixture proxy = new ProxyFixture();

    private final Logger access = (Logger) LoggerFactory.getLogger("access");
    private final Obstacle obstacle = new Obstacle();

    /** Keeps the thread that writes the access log waiting. */
    private static final class Obstacle extends UnsynchronizedAppenderBase<ILoggingEvent> {

        private final CountDownLatch met = new CountDownLatch(1);
        private final CountDownLatch gone = new CountDownLatch(1);

        @Override
        protected void append(ILoggingEvent event) {
            met.countDown();
            try {
                gone.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @BeforeEach
    void putObstacle() {
        obstacle.start();
        access.addAppender(obstacle);
    }

    @AfterEach
    void removeObstacle() {
        obstacle.gone.countDown();
        access.detachAppender(obstacle);
    }

    private Got livez() {
        return proxy.client().get(proxy.admin("/livez"));
    }

    private void rounds(int count) {
        for (int i = 0; i < count; i++) {
            proxy.pace().advance(IoThreads.INTERVAL);
        }
    }

    @Test
    @DisplayName("L-09: an I/O thread that is stuck makes it 503 with the thread's name, until the thread goes on")
    void anIoThreadThatIsStuckIsToldOf() throws Exception {
        proxy.start();
        Future<Got> held = proxy.client().begin(proxy.url("").replaceFirst("/v2/.*", "/v2/"));
        obstacle.met.await();

        rounds(2);
        Got early = livez();
        rounds(1);
        Got late = livez();
        obstacle.gone.countDown();
        Client.await(held);
        proxy.await("the thread turns again", () -> {
            rounds(1);
            return livez().status() == 200;
        });

        assertThat(early.status()).isEqualTo(200);
        assertThat(late.status()).isEqualTo(503);
        assertThat(late.text()).startsWith("not alive: I/O thread ").contains("data", "has been stuck for 10 s");
        assertThat(proxy.log()).anyMatch(line -> line.startsWith("ERROR data I/O thread ") && line.contains("await"));
    }

    @Test
    @DisplayName("O-09: a process that was suspended for an hour is alive when it goes on")
    void aSuspendedProcessIsAlive() throws Exception {
        proxy.start();
        Future<Got> held = proxy.client().begin(proxy.url("").replaceFirst("/v2/.*", "/v2/"));
        obstacle.met.await();
        rounds(1);

        proxy.pace().advance(Duration.ofHours(1));
        Got late = livez();
        obstacle.gone.countDown();
        Client.await(held);

        assertThat(late.status()).isEqualTo(200);
    }
}
