package dev.freshet.proxy.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import ch.qos.logback.core.encoder.Encoder;
import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * A bounded queue of log events with one writer thread. So an unread pipe, a full disk or a slow terminal never blocks a thread
 * that logs. An event is dropped and counted if the queue is full; the last fifth of the queue is reserved for warnings and
 * errors. When writing works again, a log line states the number of dropped lines.
 *
 * <p>A logger may write {@value #MOST_WARNINGS} warnings in a second; further ones are dropped until the second is over.
 *
 * <p>Thread-safe.
 */
public final class LogQueue extends UnsynchronizedAppenderBase<ILoggingEvent> {

    /** Maximum number of waiting events. */
    static final int CAPACITY = 4096;

    /** Maximum number of warnings and errors of one logger in a second. */
    static final int MOST_WARNINGS = 1000;

    private static final int KEPT_FOR_WARNINGS = CAPACITY / 5;
    private static final int MOST_AT_ONCE = 256;
    private static final int COUNT_BITS = 20;
    private static final long COUNT_MASK = (1L << COUNT_BITS) - 1;

    /** The reason why an event was dropped. */
    public enum Reason {

        /** The queue was full. */
        FULL,
        /** Writing failed: the reader closed the pipe, or the disk is full. */
        FAILED,
        /** The logger wrote too many warnings within a second. */
        REPEATED;

        /** The label in metrics. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final BlockingQueue<ILoggingEvent> queue = new ArrayBlockingQueue<>(CAPACITY);
    private final Map<Reason, AtomicLong> dropped = Stream.of(Reason.values())
            .collect(Collectors.toUnmodifiableMap(reason -> reason, reason -> new AtomicLong()));
    /** For each logger, the current second and the number of its warnings in it. */
    private final Map<String, AtomicLong> warnings = new ConcurrentHashMap<>();

    private OutputStream target = Target.CONSOLE.stream();
    private @Nullable Encoder<ILoggingEvent> encoder;
    private @Nullable Thread writer;

    /** Used by the writer thread only: the number of reported drops, and whether the last write failed. */
    private long told;
    private boolean failing;

    /** An event without a line: it tells a waiting thread that all events before it were handled. */
    private static final class Mark extends LoggingEvent {

        private final CountDownLatch reached = new CountDownLatch(1);
    }

    /** The queue of the logging configuration; empty if it has none. */
    public static Optional<LogQueue> configured() {
        return LoggerFactory.getILoggerFactory() instanceof LoggerContext context
                && context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("out") instanceof LogQueue queue
                        ? Optional.of(queue)
                        : Optional.empty();
    }

    /** Sets the encoder of lines, before the start. */
    public void setEncoder(Encoder<ILoggingEvent> encoder) {
        this.encoder = encoder;
    }

    /** Sets the output, before the start: {@code console}, {@code stdout} or {@code stderr}. */
    public void setTarget(String name) {
        writeTo(Target.valueOf(name.toUpperCase(Locale.ROOT)).stream());
    }

    /** Sets the output, before the start. */
    void writeTo(OutputStream stream) {
        this.target = stream;
    }

    @Override
    public void start() {
        Encoder<ILoggingEvent> lines = encoder;
        if (lines == null) {
            addError("the log has no encoder; give it one");
            return;
        }
        writer = Thread.ofPlatform().daemon().name("log").start(() -> write(lines));
        super.start();
    }

    @Override
    public void stop() {
        super.stop();
        Thread running = writer;
        if (running != null) {
            running.interrupt();
        }
    }

    /** The number of dropped events, by reason. */
    public long dropped(Reason reason) {
        return counter(reason).get();
    }

    /**
     * Waits until all events so far are written or dropped.
     *
     * @param timeout maximum time to wait
     * @return whether this happened in time
     */
    public boolean flush(Duration timeout) throws InterruptedException {
        Mark mark = new Mark();
        long half = timeout.toNanos() / 2;
        return queue.offer(mark, half, TimeUnit.NANOSECONDS) && mark.reached.await(half, TimeUnit.NANOSECONDS);
    }

    @Override
    protected void append(ILoggingEvent event) {
        boolean warns = event.getLevel().isGreaterOrEqual(Level.WARN);
        if (warns && isRepeated(event)) {
            counter(Reason.REPEATED).incrementAndGet();
            return;
        }
        event.prepareForDeferredProcessing();
        boolean taken = (warns || queue.remainingCapacity() > KEPT_FOR_WARNINGS) && queue.offer(event);
        if (!taken) {
            counter(Reason.FULL).incrementAndGet();
        }
    }

    private boolean isRepeated(ILoggingEvent event) {
        long second = event.getTimeStamp() / 1000;
        AtomicLong window = warnings.computeIfAbsent(event.getLoggerName(), name -> new AtomicLong());
        long counted = window.updateAndGet(before -> before >>> COUNT_BITS != second
                ? second << COUNT_BITS | 1
                : Math.min(before + 1, second << COUNT_BITS | COUNT_MASK));
        return (counted & COUNT_MASK) > MOST_WARNINGS;
    }

    private void write(Encoder<ILoggingEvent> lines) {
        List<ILoggingEvent> batch = new ArrayList<>(MOST_AT_ONCE);
        try {
            while (true) {
                batch.add(queue.take());
                queue.drainTo(batch, MOST_AT_ONCE - 1);
                try {
                    write(lines, batch);
                } finally {
                    batch.forEach(LogQueue::reached);
                    batch.clear();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(Encoder<ILoggingEvent> lines, List<ILoggingEvent> batch) {
        long drops = dropped.values().stream().mapToLong(AtomicLong::get).sum();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        if (failing) {
            bytes.write('\n'); // the line before may have been cut short
        }
        List<ILoggingEvent> events = batch.stream().filter(event -> !(event instanceof Mark)).toList();
        try {
            if (drops > told) {
                bytes.writeBytes(lines.encode(note(drops - told)));
            }
            events.forEach(event -> bytes.writeBytes(lines.encode(event)));
            target.write(bytes.toByteArray());
            target.flush();
            told = drops;
            failing = false;
        } catch (IOException | RuntimeException e) {
            failing = true;
            counter(Reason.FAILED).addAndGet(events.size());
        }
    }

    private static void reached(ILoggingEvent event) {
        if (event instanceof Mark mark) {
            mark.reached.countDown();
        }
    }

    private ILoggingEvent note(long drops) {
        Logger logger = ((LoggerContext) getContext()).getLogger("log");
        return new LoggingEvent(LogQueue.class.getName(), logger, Level.WARN, drops
                + " lines of the log were dropped, since writing failed or took too long;"
                + " see freshet_log_dropped_total, and check that the reader of the log reads and its disk has space",
                null,
                null);
    }

    private AtomicLong counter(Reason reason) {
        return Objects.requireNonNull(dropped.get(reason));
    }

    /** An output of lines. */
    private enum Target {

        /** The current {@link System#out}, which hides write errors. */
        CONSOLE,
        /** The standard output of the process. */
        STDOUT,
        /** The standard error of the process. */
        STDERR;

        OutputStream stream() {
            return switch (this) {
                case CONSOLE -> new OutputStream() {

                    @Override
                    public void write(int b) {
                        System.out.write(b);
                    }

                    @Override
                    public void write(byte[] bytes, int offset, int length) {
                        System.out.write(bytes, offset, length);
                    }
                };
                case STDOUT -> new FileOutputStream(FileDescriptor.out);
                case STDERR -> new FileOutputStream(FileDescriptor.err);
            };
        }
    }
}
