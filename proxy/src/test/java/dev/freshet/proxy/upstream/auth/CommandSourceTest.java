package dev.freshet.proxy.upstream.auth;

import dev.freshet.cache.fill.FailureReason;
import dev.freshet.cache.fill.OriginException;
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

    private final ManualScheduler scheduler = new ManualScheduler();
    private final AtomicInteger runs = new AtomicInteger();
    private final AtomicBoolean broken = new AtomicBoolean();
    /** What is run in the background, when the test says so. */
    private final Queue<Runnable> background = new ConcurrentLinkedQueue<>();
    @AutoClose
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @Test
    void whoeverWaitsWaitsForOneRun() throws Exception {
        CountDownLatch open = new CountDownLatch(1);
        CommandSource source = new CommandSource(() -> {
            open.await();
            return next();
        }, threads, scheduler::nanoTime);

        List<Future<Optional<Credential>>> waiting = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            waiting.add(threads.submit(source::credential));
        }
        open.countDown();

        for (Future<Optional<Credential>> credential : waiting) {
            assertThat(credential.get()).hasValue(login(1));
        }
        assertThat(runs).hasValue(1);
    }

    @Test
    void anAnswerIsAskedAnewInTheBackground() throws Exception {
        CommandSource source = known();

        scheduler.advance(CommandSource.KEPT.minusSeconds(1));
        source.credential();
        assertThat(background).isEmpty();
        scheduler.advance(Duration.ofSeconds(1));
        List<Optional<Credential>> meanwhile = List.of(source.credential(), source.credential());
        assertThat(background).hasSize(1);
        runBackground();

        assertThat(meanwhile).containsOnly(Optional.of(login(1)));
        assertThat(source.credential()).hasValue(login(2));
        assertThat(runs).hasValue(2);
    }

    @Test
    void anOldAnswerIsUsedWhileTheCommandFails() throws Exception {
        CommandSource source = known();
        broken.set(true);
        scheduler.advance(CommandSource.KEPT);

        source.credential();
        runBackground();
        Optional<Credential> old = source.credential();
        assertThat(background).as("left alone").isEmpty();
        scheduler.advance(CommandSource.PAUSE);
        source.credential();
        assertThat(background).as("tried again").hasSize(1);
        runBackground();
        scheduler.advance(CommandSource.LONGEST);

        assertThat(old).hasValue(login(1));
        Future<Optional<Credential>> tooOld = threads.submit(source::credential);
        assertThatThrownBy(() -> awaitRun(tooOld)).hasRootCauseMessage("broken");
    }

    @Test
    void aCommandThatFailsIsLeftAlone() throws Exception {
        CommandSource source = new CommandSource(this::next, Runnable::run, scheduler::nanoTime);
        broken.set(true);

        assertThatThrownBy(source::credential).hasMessage("broken");
        assertThatThrownBy(source::credential).hasMessage("broken");
        assertThat(runs).hasValue(1);
        broken.set(false);
        scheduler.advance(CommandSource.PAUSE);

        assertThat(source.credential()).hasValue(login(2));
    }

    @Test
    void aRunThatDiesOfAnErrorIsNotWaitedForForEver() throws Exception {
        CommandSource source = new CommandSource(() -> {
            if (runs.incrementAndGet() == 1) {
                throw new StackOverflowError();
            }
            return login(2);
        }, threads, scheduler::nanoTime);

        assertThatThrownBy(source::credential).hasRootCauseInstanceOf(StackOverflowError.class);
        scheduler.advance(CommandSource.PAUSE);

        assertThat(source.credential()).hasValue(login(2));
    }

    @Test
    void whatWasRefusedIsAskedAnewOnceForAll() throws Exception {
        CommandSource source = new CommandSource(this::next, Runnable::run, scheduler::nanoTime);
        source.credential();
        scheduler.advance(CommandSource.PAUSE);

        Optional<Credential> first = source.insteadOf(login(1));
        Optional<Credential> second = source.insteadOf(login(1));
        Optional<Credential> refusedToo = source.insteadOf(login(2));

        assertThat(List.of(first, second)).containsOnly(Optional.of(login(2)));
        assertThat(refusedToo).as("just asked").isEmpty();
        assertThat(runs).hasValue(2);
    }

    @Test
    void anExchangedIdentityTokenOutlivesTheSameAnswer() throws Exception {
        Credential.IdentityToken said = new Credential.IdentityToken(new Secret("said"));
        CommandSource source = new CommandSource(() -> said, Runnable::run, scheduler::nanoTime);
        source.credential();

        source.exchanged(said, new Secret("exchanged"));
        scheduler.advance(CommandSource.KEPT);
        source.credential();

        assertThat(source.credential()).hasValue(new Credential.IdentityToken(new Secret("exchanged")));
    }

    private CommandSource known() throws Exception {
        CommandSource source = new CommandSource(this::next, background::add, scheduler::nanoTime);
        Future<Optional<Credential>> first = threads.submit(source::credential);
        assertThat(awaitRun(first)).hasValue(login(1));
        return source;
    }

    private Optional<Credential> awaitRun(Future<Optional<Credential>> waiting) throws Exception {
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

    private Credential next() throws OriginException {
        int run = runs.incrementAndGet();
        if (broken.get()) {
            throw new OriginException(FailureReason.SERVER_ERROR, "broken", null);
        }
        return login(run);
    }

    private static Credential login(int run) {
        return new Credential.Login("u", new Secret("p" + run));
    }
}
