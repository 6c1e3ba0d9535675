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
 * A bounded queue of log events and the one thread that writes them, so that a pipe that is not read, a disk that is full
 * or a slow terminal never holds up a thread that logs. An event that finds no room is dropped and counted; the last
 * fifth of the room is kept for warnings and errors. When writing goes on, a line in the log says how many were dropped.
 *
 * <p>A logger that warns more than {@value #MOST_WARNINGS} times a second has the rest of that second dropped.
 *
 * <p>Safe for use by several threads.
 */
public final class LogQueue extends UnsynchronizedAppenderBase<ILoggingEvent> {

    /** Events that wait at most. */
    static final int CAPACITY = 4096;

    /** Warnings and errors of one logger that are written in a second. */
    static final int MOST_WARNINGS = 1000;

    private static final int KEPT_FOR_WARNINGS = CAPACITY / 5;
    private static final int MOST_AT_ONCE = 256;
    private static final int COUNT_BITS = 20;
    private static final long COUNT_MASK = (1L << COUNT_BITS) - 1;

    /** Why an event was not written. */
    public enum Reason {

        /** The queue was full: the events before it were not written. */
        FULL,
        /** Writing failed: the reader of a pipe has gone, or the disk is full. */
        FAILED,
        /** Its logger had warned too often within a second. */
        REPEATED;

        /** The word for it in metrics. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final BlockingQueue<ILoggingEvent> queue = new ArrayBlockingQueue<>(CAPACITY);
    private final Map<Reason, AtomicLong> dropped = Stream.of(Reason.values())
            .collect(Collectors.toUnmodifiableMap(reason -> reason, reason -> new AtomicLong()));
    /** For each logger the second that its warnings are counted in, and how many there were. */
    private final Map<String, AtomicLong> warnings = new ConcurrentHashMap<>();

    private OutputStream target = Target.CONSOLE.stream();
    private @Nullable Encoder<ILoggingEvent> encoder;
    private @Nullable Thread writer;

    /** Of the writer alone: how many drops its lines have told of, and whether the last write has failed. */
    private long told;
    private boolean failing;

    /** An event that is no line: it tells the thread that waits for it that all before it were handled. */
    private static final class Mark extends LoggingEvent {

        private final CountDownLatch reached = new CountDownLatch(1);
    }

    /** The queue that the log is configured with; empty when it is configured without. */
    public static Optional<LogQueue> configured() {
        return LoggerFactory.getILoggerFactory() instanceof LoggerContext context
                && context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("out") instanceof LogQueue queue
                        ? Optional.of(queue)
                        : Optional.empty();
    }

    /** Makes lines of events; set before the start. */
    public void setEncoder(Encoder<ILoggingEvent> encoder) {
        this.encoder = encoder;
    }

    /** Where lines go: {@code console}, {@code stdout} or {@code stderr}; set before the start. */
    public void setTarget(String name) {
        writeTo(Target.valueOf(name.toUpperCase(Locale.ROOT)).stream());
    }

    /** Where lines go; set before the start. */
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

    /** How many events were not written, for this reason. */
    public long dropped(Reason reason) {
        return counter(reason).get();
    }

    /**
     * Waits until every event that has been logged before is written or dropped.
     *
     * @param timeout for the whole
     * @return whether that came about in time
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
                + " lines of the log were dropped, as writing them failed or took too long;"
                + " see freshet_log_dropped_total, and whether the log's reader reads and its disk has room", null,
                null);
    }

    private AtomicLong counter(Reason reason) {
        return Objects.requireNonNull(dropped.get(reason));
    }

    /** Where lines go. */
    private enum Target {

        /** {@link System#out} as it is when a line is written, which hides that writing fails. */
        CONSOLE,
        /** The process's own standard output. */
        STDOUT,
        /** The process's own standard error. */
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
