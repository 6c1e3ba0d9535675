package dev.freshet.proxy.upstream.auth;

import dev.freshet.proxy.upstream.auth.Accounts.Account;
import dev.freshet.proxy.upstream.guard.CircuitBreaker;
import dev.freshet.proxy.upstream.guard.CircuitBreaker.Permit;
import dev.freshet.proxy.upstream.guard.Failure;
import dev.freshet.proxy.upstream.guard.RateLimit;
import dev.freshet.proxy.upstream.guard.RateLimits;
import dev.freshet.proxy.upstream.guard.RateLimits.AccountName;
import dev.freshet.proxy.upstream.guard.RateLimits.RateLimitBucket;
import dev.freshet.testbed.proxy.ManualScheduler;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Whose permit it is. */
class AccountsTest {

    private static final Duration WINDOW = Duration.ofHours(6);

    private final ManualScheduler scheduler = new ManualScheduler();
    private final RateLimits limits = new RateLimits(scheduler::nanoTime, scheduler::random);
    private final List<Account> all = Stream.of("a", "b", "c").map(this::account).toList();
    private final Accounts accounts = new Accounts(all, limits, scheduler::nanoTime);

    @Test
    void equalsTakeTurns() {
        assertThat(Stream.generate(this::order).limit(4)).containsExactly("abc", "bca", "cab", "abc");
    }

    @Test
    void theOneWithMostOfItsLimitLeftComesFirst() {
        allows(0, 5);
        allows(1, 90);
        allows(2, 70);
        List<String> known = Stream.generate(this::order).limit(3).toList();

        scheduler.advance(WINDOW);

        assertThat(known).containsOnly("bca");
        assertThat(Stream.generate(this::order).limit(3)).as("what was said is old").containsExactly("abc", "bca",
                "cab");
    }

    @Test
    void whoIsHeldOffComesLastAndWhoIsFreeFirstBeforeTheOthers() {
        allows(0, 5);
        heldOff(1, Duration.ofMinutes(2));
        heldOff(2, Duration.ofMinutes(1));
        String held = order();

        scheduler.advance(Duration.ofMinutes(1));
        String free = order();

        assertThat(held).isEqualTo("acb");
        assertThat(free).isEqualTo("cab");
    }

    @Test
    void whoWasRefusedComesLastForAMinute() {
        accounts.refused(all.get(1));
        List<String> refused = Stream.generate(this::order).limit(3).toList();

        scheduler.advance(Accounts.REFUSED);

        assertThat(refused).containsExactly("acb", "cab", "cab");
        assertThat(Stream.generate(this::order).limit(3)).containsExactly("abc", "bca", "cab");
    }

    @Test
    void somebodyAsks() {
        assertThatThrownBy(() -> new Accounts(List.of(), limits, scheduler::nanoTime))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private String order() {
        return String.join("", accounts.inTurn(RateLimitBucket.MANIFEST_GETS).stream().map(Account::toString).toList());
    }

    private void allows(int account, long left) {
        limits.read(all.get(account).name(),
                RateLimit.of("100;w=21600", left + ";w=21600").orElseThrow());
    }

    private void heldOff(int account, Duration wait) {
        switch (limits.tryAcquire(all.get(account).name(), RateLimitBucket.MANIFEST_GETS)) {
            case Permit permit -> {
                try (permit) {
                    assertThat(permit.failed(Failure.tooManyRequests(), wait)).isEqualTo(wait);
                }
            }
            case CircuitBreaker.Rejected held -> throw new AssertionError(held.toString());
        }
    }

    private Account account(String name) {
        return new Account(new AccountName(name), new Authorizer(HttpUrl.get("https://registry.example.com/"),
                CredentialSource.ANONYMOUS, List.of(), (request, credential) -> {
                    throw new AssertionError("no token is needed here");
                }, Runnable::run, scheduler::nanoTime));
    }
}
