package dev.freshet.proxy.upstream;

import dev.freshet.proxy.upstream.RegistryCalls.Reply;
import dev.freshet.proxy.upstream.RegistryCalls.Source;
import dev.freshet.proxy.upstream.UpstreamException.Kind;
import dev.freshet.proxy.upstream.Whereabouts.Step;
import java.time.Duration;
import java.time.Instant;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What downloads of one blob find out for each other. */
class WhereaboutsTest {

    private int located;
    private final Whereabouts whereabouts = new Whereabouts(() -> Instant.EPOCH);

    @Test
    void who_asks_the_registry_again_knows_why_whoever_has_met_the_trouble() {
        StorageUrl dead = locate(lead());
        UpstreamException refused = new UpstreamException(Kind.SIGNED_URL_REFUSED, "403");

        whereabouts.forget(dead, refused);
        Step.Lead other = lead();

        assertThat(other.lost()).isSameAs(refused);
        assertThat(other.isRenewal()).isFalse();
        other.inquiry().close();
        assertThat(lead().lost()).isNull();
    }

    @Test
    void trouble_with_what_was_replaced_already_is_no_reason() {
        StorageUrl old = locate(lead());
        whereabouts.forget(old, new UpstreamException(Kind.SIGNED_URL_REFUSED, "403"));
        StorageUrl replaced = locate(lead());

        whereabouts.forget(old, new UpstreamException(Kind.SIGNED_URL_REFUSED, "403 again"));

        assertThat(whereabouts.next()).isEqualTo(new Step.AskStorage(replaced));
    }

    private Step.Lead lead() {
        return (Step.Lead) whereabouts.next();
    }

    /** Ends an inquiry with a redirect to the storage; each time to another address. */
    private StorageUrl locate(Step.Lead leading) {
        Request request = new Request.Builder().url("https://storage.example.com/blob?" + located++)
                .build();
        Response response = new Response.Builder().request(request).protocol(Protocol.HTTP_1_1).code(200).message("")
                .build();
        StorageUrl found = whereabouts.locate(new Reply(response, new OkHttpClient().newCall(request), Source.STORAGE,
                new InFlow(), Duration.ZERO)).orElseThrow();
        leading.inquiry().close();
        return found;
    }
}
