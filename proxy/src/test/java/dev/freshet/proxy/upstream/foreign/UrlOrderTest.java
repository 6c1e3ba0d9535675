package dev.freshet.proxy.upstream.foreign;

import dev.freshet.proxy.upstream.foreign.ForeignBlobs.UrlOrder;
import dev.freshet.proxy.upstream.foreign.ForeignRules.ForeignUrl;
import java.util.List;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Which URL is asked first. */
class UrlOrderTest {

    private static final ForeignUrl A = new ForeignUrl(HttpUrl.get("https://a.example/"));
    private static final ForeignUrl B = new ForeignUrl(HttpUrl.get("https://b.example/"));
    private static final ForeignUrl C = new ForeignUrl(HttpUrl.get("https://c.example/"));

    private final UrlOrder turns = new UrlOrder(List.of(A, B, C));

    @Test
    void theBestIsFirst() {
        assertThat(turns.now()).containsExactly(A, B, C);
        assertThat(turns.used()).isEmpty();
    }

    @Test
    void theOneThatHasAnsweredStaysFirst() {
        turns.answered(B);

        assertThat(turns.now()).containsExactly(B, C, A);
        assertThat(turns.used()).containsExactly(B);
    }

    @Test
    void afterAFailureOfTheLastTheFirstIsFirst() {
        turns.answered(C);

        turns.failed(C);

        assertThat(turns.now()).containsExactly(A, B, C);
    }

    @Test
    void aFailureThatIsKnownAlreadyMovesNothing() {
        turns.failed(A);

        turns.failed(A);

        assertThat(turns.now()).containsExactly(B, C, A);
    }
}
