package dev.freshet.proxy.cli;

import dev.freshet.config.FreshetConfig;
import dev.freshet.proxy.Freshet;
import dev.freshet.proxy.Version;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;

/**
 * {@code serve}: runs the proxy until SIGTERM or SIGINT, then waits for running requests. The exit code is then 0, not the 143
 * of the Java runtime.
 */
@Command(name = "serve", description = "Runs the proxy.", mixinStandardHelpOptions = true)
final class ServeCommand extends ConfiguredCommand {

    private static final Logger LOG = LoggerFactory.getLogger("freshet");
    private static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(20);

    @Override
    public Integer call() throws InterruptedException {
        Optional<FreshetConfig> config = config();
        if (config.isEmpty()) {
            return 2;
        }
        Freshet freshet;
        try {
            freshet = Freshet.start(config.get());
        } catch (IOException | RuntimeException e) {
            err().println("start failed: " + e.getMessage());
            LOG.debug("start failed", e);
            return 1;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            stop(freshet);
            Main.flushLog();
            Runtime.getRuntime().halt(0);
        }, "stop"));
        LOG.info("Freshet {} started, data in {}", Version.current(), config.get().data());
        LOG.info("serving registries on {}", url(freshet.address()));
        LOG.info("admin on {}", url(freshet.adminAddress()));
        new CountDownLatch(1).await();
        return 0;
    }

    private static void stop(Freshet freshet) {
        LOG.info("stopping: waiting up to {} s for running requests", DRAIN_TIMEOUT.toSeconds());
        try {
            boolean drained = freshet.drain(DRAIN_TIMEOUT);
            LOG.info(drained ? "all requests have ended" : "requests that are still running are cut off");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        freshet.close();
        LOG.info("stopped");
    }

    private static String url(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return "http://" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
