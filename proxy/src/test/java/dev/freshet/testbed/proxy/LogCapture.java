package dev.freshet.testbed.proxy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.LoggerFactory;

/** All that is logged while it is open, down to the last detail of Freshet's own, with stack traces. */
public final class LogCapture implements AutoCloseable {

    private static final Map<String, Level> LOUD = Map.of("dev.freshet", Level.TRACE, "upstream", Level.TRACE, "fill",
            Level.TRACE, "access", Level.TRACE);

    private final Queue<String> lines = new ConcurrentLinkedQueue<>();
    private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    private final Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Appender appender = new Appender();

    private final class Appender extends AppenderBase<ILoggingEvent> {

        @Override
        protected void append(ILoggingEvent event) {
            IThrowableProxy thrown = event.getThrowableProxy();
            lines.add(event.getLevel() + " " + event.getLoggerName() + " " + event.getFormattedMessage()
                    + (thrown == null ? "" : "\n" + ThrowableProxyUtil.asString(thrown)));
        }
    }

    /** Begins to listen. */
    public LogCapture() {
        LOUD.forEach((name, level) -> context.getLogger(name).setLevel(level));
        appender.setContext(context);
        appender.start();
        root.addAppender(appender);
    }

    /** What was logged so far. */
    public List<String> lines() {
        return List.copyOf(lines);
    }

    @Override
    public void close() {
        root.detachAppender(appender);
        appender.stop();
        LOUD.keySet().forEach(name -> context.getLogger(name).setLevel(null));
    }
}
