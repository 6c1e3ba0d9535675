package dev.freshet.proxy.upstream.auth;

import dev.freshet.cache.fill.FailureReason;
import dev.freshet.cache.fill.OriginException;
import dev.freshet.config.unit.Secret;
import dev.freshet.proxy.upstream.auth.CredentialSource.CredentialsRefusedException;
import dev.freshet.proxy.upstream.auth.CredentialSource.LoginCheck.Verdict;
import dev.freshet.proxy.upstream.auth.GuardedCredentials.RefusedCredentials;
import dev.freshet.testbed.ManualClock;
import dev.freshet.testbed.proxy.ManualScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** When refused credentials are shown again, and which refusals are not about them. */
class GuardedCredentialsTest {

    private static final Credential OLD = new Credential.Login("u", new Secret("old"));
    private static final Credential NEW = new Credential.Login("u", new Secret("new"));
    private static final String SCOPE = "repository:a:pull";

    private final ManualScheduler scheduler = new ManualScheduler();
    private final ManualClock clock = new ManualClock();
    private final List<String> told = new ArrayList<>();
    private final AtomicInteger checks = new AtomicInteger();
    @AutoClose
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private Credential held = OLD;
    private Verdict verdict = Verdict.REFUSED;
    private final GuardedCredentials credentials = new GuardedCredentials(() -> Optional.of(held), clock,
            scheduler::nanoTime, new GuardedCredentials.Listener() {

                @Override
                public void refused(String why) {
                    told.add("refused: " + why);
                }

                @Override
                public void taken(long heldBack) {
                    told.add("taken, " + heldBack + " held back");
                }
            });

    @Test
    @DisplayName("L-04: what is refused is shown after 10 s, 20 s, 40 s and so on, never later than 10 minutes")
    void waitsTwiceAsLongAfterEachRefusal() throws Exception {
        refuse(OLD);
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            CredentialsRefusedException held = refusal();
            waits.add(held.left().toSeconds());
            scheduler.advance(held.left().minusMillis(1));
            assertThat(refusal().isOfNow()).isFalse();
            scheduler.advance(Duration.ofMillis(1));
            assertThat(refusal().isOfNow()).as("shown").isTrue();
        }

        assertThat(waits).containsExactly(10L, 20L, 40L, 80L, 160L, 320L, 600L, 600L, 600L, 600L);
        assertThat(checks).hasValue(11);
        assertThat(told).containsExactly("refused: it answered 401");
    }

    @Test
    @DisplayName("L-04: one shows them to find out, while the others fail at once")
    void oneFindsOut() throws Exception {
        refuse(OLD);
        scheduler.advance(GuardedCredentials.FIRST);
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch open = new CountDownLatch(1);
        Future<Optional<Credential>> probe = threads.submit(() -> credentials.showable(credential -> {
            entered.countDown();
            open.await();
            return Verdict.TAKEN;
        }));
        entered.await();

        CredentialsRefusedException meanwhile = refusal();
        open.countDown();

        assertThat(meanwhile.isOfNow()).isFalse();
        assertThat(probe.get()).hasValue(OLD);
        assertThat(credentials.refusal("u")).isEmpty();
        assertThat(told).containsExactly("refused: it answered 401", "taken, 1 held back");
    }

    @Test
    @DisplayName("L-04: others are shown at once, and begin anew when they are refused, too")
    void othersAreShownAtOnce() throws Exception {
        refuse(OLD);
        scheduler.advance(Duration.ofSeconds(5));
        held = NEW;

        Optional<Credential> changed = credentials.showable(this::check);
        Optional<RefusedCredentials> meanwhile = credentials.refusal("u");
        refuse(NEW);
        Duration again = refusal().left();
        held = new Credential.Login("u", new Secret("right"));
        credentials.accepted(held);

        assertThat(changed).hasValue(NEW);
        assertThat(meanwhile).as("nothing is known of the others").isPresent();
        assertThat(again).isEqualTo(GuardedCredentials.FIRST);
        assertThat(credentials.refusal("u")).isEmpty();
        assertThat(told).containsExactly("refused: it answered 401", "taken, 1 held back");
    }

    @Test
    @DisplayName("L-04: who has waited for a check that finds the account known needs none, also for another scope")
    void aCrowdMakesOneCheck() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch open = new CountDownLatch(1);
        List<Thread> waiting = new CopyOnWriteArrayList<>();
        List<Future<Optional<CredentialsRefusedException>>> crowd = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            String scope = "repository:a" + i + ":pull";
            crowd.add(threads.submit(() -> {
                waiting.add(Thread.currentThread());
                return credentials.refused(OLD, scope, "it answered 403", credential -> {
                    checks.incrementAndGet();
                    entered.countDown();
                    open.await();
                    return Verdict.TAKEN;
                });
            }));
            entered.await();
        }
        while (waiting.size() < 20 || waiting.stream().anyMatch(one -> one.getState() != Thread.State.WAITING)) {
            Thread.onSpinWait();
        }
        open.countDown();

        for (Future<Optional<CredentialsRefusedException>> one : crowd) {
            assertThat(one.get()).isEmpty();
        }
        assertThat(checks).hasValue(1);
    }

    @Test
    @DisplayName("L-04: an account that is known and has no right is not refused, and not checked each time")
    void aMissingRightIsNoRefusal() throws Exception {
        verdict = Verdict.TAKEN;

        for (int i = 0; i < 5; i++) {
            assertThat(credentials.refused(OLD, SCOPE, "it answered 403", this::check)).isEmpty();
        }
        int first = checks.get();
        assertThat(credentials.refused(OLD, "repository:b:pull", "it answered 403", this::check)).isEmpty();
        scheduler.advance(GuardedCredentials.EXCUSED);
        verdict = Verdict.REFUSED;

        assertThat(first).isEqualTo(1);
        assertThat(checks).hasValue(2);
        assertThat(credentials.showable(this::check)).hasValue(OLD);
        assertThat(credentials.refused(OLD, SCOPE, "it answered 403", this::check)).isPresent();
    }

    @Test
    @DisplayName("L-04: where a check says nothing, credentials that were taken before are believed, others are not")
    void aCheckMaySayNothing() throws Exception {
        verdict = Verdict.UNCLEAR;
        credentials.accepted(OLD);
        Optional<CredentialsRefusedException> known = credentials.refused(OLD, SCOPE, "403", this::check);
        Optional<CredentialsRefusedException> unknown = credentials.refused(NEW, SCOPE, "403", this::check);
        Optional<CredentialsRefusedException> unanswered = credentials.refused(OLD, "repository:b:pull", "403",
                credential -> {
                    throw new OriginException(FailureReason.UNREACHABLE, "no answer", null);
                });

        assertThat(List.of(known, unanswered)).containsOnly(Optional.empty());
        assertThat(unknown).isPresent();
    }

    @Test
    void whatACheckLeavesOpenIsShownOnceAndCounts() throws Exception {
        refuse(OLD);
        verdict = Verdict.UNCLEAR;
        scheduler.advance(GuardedCredentials.FIRST);

        Optional<Credential> letThrough = credentials.showable(this::check);
        CredentialsRefusedException others = refusal();
        credentials.accepted(OLD);

        assertThat(letThrough).hasValue(OLD);
        assertThat(others.left()).isEqualTo(GuardedCredentials.FIRST.multipliedBy(2));
        assertThat(credentials.refusal("u")).isEmpty();
    }

    @Test
    void aCheckThatIsNotAnsweredLeavesItToTheNext() throws Exception {
        refuse(OLD);
        scheduler.advance(GuardedCredentials.FIRST);
        assertThatThrownBy(() -> credentials.showable(credential -> {
            throw new OriginException(FailureReason.UNREACHABLE, "no answer", null);
        })).hasMessage("no answer");
        verdict = Verdict.TAKEN;

        assertThat(credentials.showable(this::check)).hasValue(OLD);
        assertThat(credentials.refusal("u")).isEmpty();
    }

    @Test
    void anAnswerToARequestFromBeforeDoesNotEndIt() throws Exception {
        refuse(OLD);

        credentials.accepted(OLD);

        assertThat(credentials.refusal("u")).hasValueSatisfying(refused -> {
            assertThat(refused.since()).isEqualTo(clock.instant());
            assertThat(refused.nextTry()).isEqualTo(clock.instant().plus(GuardedCredentials.FIRST));
            assertThat(refused.why()).isEqualTo("it answered 401");
        });
    }

    private void refuse(Credential credential) throws InterruptedException {
        assertThat(credentials.refused(credential, SCOPE, "it answered 401", this::check)).isPresent();
    }

    private CredentialsRefusedException refusal() {
        try {
            throw new AssertionError("shown: " + credentials.showable(this::check));
        } catch (CredentialsRefusedException e) {
            return e;
        } catch (OriginException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private Verdict check(Credential credential) {
        checks.incrementAndGet();
        return verdict;
    }
}
