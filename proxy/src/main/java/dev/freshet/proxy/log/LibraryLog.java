package dev.freshet.proxy.log;

import java.util.Objects;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bridge to the log for {@code java.util.logging} and for exceptions that end a thread. By default both would block on
 * standard error.
 */
public final class LibraryLog extends Handler {

    private static final Logger THREADS = LoggerFactory.getLogger("thread");

    private static final SimpleFormatter TEXTS = new SimpleFormatter();

    private LibraryLog() {}

    /** Replaces the defaults of the Java runtime, for the whole process. */
    public static void install() {
        LogManager.getLogManager().reset();
        java.util.logging.Logger.getLogger("").addHandler(new LibraryLog());
        Thread.setDefaultUncaughtExceptionHandler(
                (thread, failure) -> THREADS.error("thread {} ended by a defect", thread.getName(), failure));
    }

    @Override
    public void publish(LogRecord entry) {
        Logger log = LoggerFactory.getLogger(Objects.requireNonNullElse(entry.getLoggerName(), "library"));
        String message = TEXTS.formatMessage(entry);
        if (entry.getLevel().intValue() >= Level.SEVERE.intValue()) {
            log.error("{}", message, entry.getThrown());
        } else if (entry.getLevel().intValue() >= Level.WARNING.intValue()) {
            log.warn("{}", message, entry.getThrown());
        } else {
            log.debug("{}", message, entry.getThrown());
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
