package dev.freshet.proxy.faults;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.proxy.Bytes;
import dev.freshet.testbed.proxy.Got;
import dev.freshet.testbed.proxy.ProxyFixture;
import dev.freshet.testbed.proxy.TlsFront;
import dev.freshet.testbed.traffic.Endpoint;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.freshet.testbed.proxy.ProxyFixture.REPO;
import static org.assertj.core.api.Assertions.assertThat;

/** Upstreams behind TLS: a certificate that is not good ends it, and nothing goes on in plain text. */
class TlsTest {

    private static final byte[] BLOB = Bytes.random(200_000);
    private static final String HERE = "-ext san=ip:127.0.0.1";

    @RegisterExtension
    private final ProxyFixture proxy = new ProxyFixture();

    @Test
    @DisplayName("U-26: a self-signed certificate is refused, clearly, at the first try, and nothing reaches the registry")
    void aSelfSignedCertificateIsRefused() {
        try (TlsFront front = front(HERE)) {
            Digest digest = proxy.set("upstreams.lab.url", front.url()).registry().blob(REPO, BLOB);

            Got got = proxy.blob(digest);

            assertThat(got.status()).isEqualTo(502);
            assertThat(got.text()).contains("TLS failed").contains("upstream lab");
            assertThat(proxy.registry().traffic().all()).isEmpty();
            assertThat(front.accepted()).isEqualTo(1);
            assertThat(proxy.pace().pauses()).isEmpty();
            assertThat(proxy.manifest("latest").status()).isEqualTo(502);
            assertThat(front.accepted()).isEqualTo(2);
            assertThat(proxy.client().head(proxy.url("blobs/" + digest)).status()).isEqualTo(502);
            assertThat(front.accepted()).isEqualTo(3);
        }
    }

    @Test
    @DisplayName("U-26: it is taken when the operator has named it in ca-file")
    void aNamedCertificateIsTaken() {
        try (TlsFront front = front(HERE)) {
            proxy.set("upstreams.lab.url", front.url()).set("upstreams.lab.ca-file", front.certificate().toString());
            Digest digest = proxy.registry().blob(REPO, BLOB);
            proxy.registry().when(On.storage().nth(1), Fault.resetAt(100_000));

            Got got = proxy.blob(digest);

            assertThat(got.cut()).isFalse();
            assertThat(got.digest()).isEqualTo(digest);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("U-26: one that has expired is refused, whether the operator has named it or who signed it")
    void anExpiredCertificateIsRefused(boolean isSigned) {
        String[] expired = "-ext san=ip:127.0.0.1 -startdate -9d -validity 5".split(" ", -1);
        try (TlsFront front = front(isSigned ? List.of("-ext", "bc:c=ca:true") : List.of(), expired)) {
            proxy.set("upstreams.lab.url", front.url()).set("upstreams.lab.ca-file", front.certificate().toString());
            Digest digest = proxy.registry().blob(REPO, BLOB);

            Got got = proxy.blob(digest);

            assertThat(got.status()).isEqualTo(502);
            assertThat(got.text()).contains("TLS failed").contains("upstream lab").containsIgnoringCase("expired");
            assertThat(proxy.registry().traffic().all()).isEmpty();
        }
    }

    @Test
    @DisplayName("U-26: a certificate for another host is refused though it is trusted")
    void aCertificateForAnotherHostIsRefused() {
        try (TlsFront front = front("-ext san=dns:other.example.com")) {
            proxy.set("upstreams.lab.url", front.url()).set("upstreams.lab.ca-file", front.certificate().toString());
            Digest digest = proxy.registry().blob(REPO, BLOB);

            Got got = proxy.blob(digest);

            assertThat(got.status()).isEqualTo(502);
            assertThat(got.text()).contains("TLS failed");
            assertThat(proxy.registry().traffic().all()).isEmpty();
        }
    }

    @Test
    @DisplayName("R-05: a redirect from https to http is refused, also to the registry's own host")
    void aRedirectToPlainTextIsRefused() {
        try (TlsFront front = front(HERE)) {
            proxy.set("upstreams.lab.url", front.url()).set("upstreams.lab.ca-file", front.certificate().toString());
            Digest digest = proxy.registry().blob(REPO, BLOB);
            proxy.registry().when(On.every(Endpoint.BLOB), Fault.redirect(proxy.registry().url() + "/secret"));

            Got got = proxy.blob(digest);

            assertThat(got.status()).isEqualTo(502);
            assertThat(got.text()).contains("from https to http");
            assertThat(proxy.registry().traffic().of(Endpoint.OTHER)).isEmpty();
        }
    }

    private TlsFront front(String options) {
        return front(List.of(), options.split(" ", -1));
    }

    private TlsFront front(List<String> authority, String... options) {
        return new TlsFront(proxy.directory(), URI.create(proxy.registry().url()).getPort(), authority, options);
    }
}
