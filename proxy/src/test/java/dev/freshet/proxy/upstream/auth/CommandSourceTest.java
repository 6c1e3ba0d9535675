package dev.freshet.proxy.upstream.auth;

import dev.freshet.cache.fill.OriginException;
import dev.freshet.cache.fill.OriginFailure;
import dev.freshet.config.unit.Secret;
import dev.freshet.testbed.proxy.ManualScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** When a command is run: once for all who wait, in good time, and not again and again. */
class CommandSourceTest {

    private final ManualScheduler pace = new ManualScheduler();
    private final AtomicInteger runs = new AtomicInteger();
    private final AtomicBoolean broken = new AtomicBoolean();
    /** What is run in the background, when the test says so. */
    private final Queue<Runnable> background = new ConcurrentLinkedQueue<>();
    @AutoClose
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @Test
    void whoever_waits_waits_for_one_run() throws Exception {
        CountDownLatch open = new CountDownLatch(1);
        CommandSource source = new CommandSource(() -> {
            open.await();
            return next();
        }, threads, pace::nanoTime);

        List<Future<Optional<Proof>>> waiting = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            waiting.add(threads.submit(source::proof));
        }
        open.countDown();

        for (Future<Optional<Proof>> proof : waiting) {
            assertThat(proof.get()).hasValue(login(1));
        }
        assertThat(runs).hasValue(1);
    }

    @Test
    void an_answer_is_asked_anew_in_the_background() throws Exception {
        CommandSource source = known();

        pace.advance(CommandSource.KEPT.minusSeconds(1));
        source.proof();
        assertThat(background).isEmpty();
        pace.advance(Duration.ofSeconds(1));
        List<Optional<Proof>> meanwhile = List.of(source.proof(), source.proof());
        assertThat(background).hasSize(1);
        runBackground();

        assertThat(meanwhile).containsOnly(Optional.of(login(1)));
        assertThat(source.proof()).hasValue(login(2));
        assertThat(runs).hasValue(2);
    }

    @Test
    void an_old_answer_is_used_while_the_command_fails() throws Exception {
        CommandSource source = known();
        broken.set(true);
        pace.advance(CommandSource.KEPT);

        source.proof();
        runBackground();
        Optional<Proof> old = source.proof();
        assertThat(background).as("left alone").isEmpty();
        pace.advance(CommandSource.PAUSE);
        source.proof();
        assertThat(background).as("tried again").hasSize(1);
        runBackground();
        pace.advance(CommandSource.LONGEST);

        assertThat(old).hasValue(login(1));
        Future<Optional<Proof>> tooOld = threads.submit(source::proof);
        assertThatThrownBy(() -> awaitRun(tooOld)).hasRootCauseMessage("broken");
    }

    @Test
    void a_command_that_fails_is_left_alone() throws Exception {
        CommandSource source = new CommandSource(this::next, Runnable::run, pace::nanoTime);
        broken.set(true);

        assertThatThrownBy(source::proof).hasMessage("broken");
        assertThatThrownBy(source::proof).hasMessage("broken");
        assertThat(runs).hasValue(1);
        broken.set(false);
        pace.advance(CommandSource.PAUSE);

        assertThat(source.proof()).hasValue(login(2));
    }

    @Test
    void a_run_that_dies_of_an_error_is_not_waited_for_for_ever() throws Exception {
        CommandSource source = new CommandSource(() -> {
            if (runs.incrementAndGet() == 1) {
                throw new StackOverflowError();
            }
            return login(2);
        }, threads, pace::nanoTime);

        assertThatThrownBy(source::proof).hasRootCauseInstanceOf(StackOverflowError.class);
        pace.advance(CommandSource.PAUSE);

        assertThat(source.proof()).hasValue(login(2));
    }

    @Test
    void what_was_refused_is_asked_anew_once_for_all() throws Exception {
        CommandSource source = new CommandSource(this::next, Runnable::run, pace::nanoTime);
        source.proof();
        pace.advance(CommandSource.PAUSE);

        Optional<Proof> first = source.insteadOf(login(1));
        Optional<Proof> second = source.insteadOf(login(1));
        Optional<Proof> refusedToo = source.insteadOf(login(2));

        assertThat(List.of(first, second)).containsOnly(Optional.of(login(2)));
        assertThat(refusedToo).as("just asked").isEmpty();
        assertThat(runs).hasValue(2);
    }

    @Test
    void an_exchanged_identity_token_outlives_the_same_answer() throws Exception {
        Proof.Identity said = new Proof.Identity(new Secret("said"));
        CommandSource source = new CommandSource(() -> said, Runnable::run, pace::nanoTime);
        source.proof();

        source.exchanged(said, new Secret("exchanged"));
        pace.advance(CommandSource.KEPT);
        source.proof();

        assertThat(source.proof()).hasValue(new Proof.Identity(new Secret("exchanged")));
    }

    private CommandSource known() throws Exception {
        CommandSource source = new CommandSource(this::next, background::add, pace::nanoTime);
        Future<Optional<Proof>> first = threads.submit(source::proof);
        assertThat(awaitRun(first)).hasValue(login(1));
        return source;
    }

    private Optional<Proof> awaitRun(Future<Optional<Proof>> waiting) throws Exception {
        while (background.isEmpty()) {
            Thread.onSpinWait();
        }
        runBackground();
        return waiting.get();
    }

    private void runBackground() {
        for (Runnable task = background.poll(); task != null; task = background.poll()) {
            task.run();
        }
    }

    private Proof next() throws OriginException {
        int run = runs.incrementAndGet();
        if (broken.get()) {
            throw new OriginException(OriginFailure.SERVER_ERROR, "broken", null);
        }
        return login(run);
    }

    private static Proof login(int run) {
        return new Proof.Login("u", new Secret("p" + run));
    }
}
