package dev.freshet.proxy.cli;

import dev.freshet.testbed.proxy.TlsFront;
import java.net.URI;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code doctor}, at a registry behind TLS: what is wrong with a certificate has a name. */
class DoctorTlsTest extends DoctorKit {

    private static final String HERE = "-ext san=ip:127.0.0.1";

    @Test
    @DisplayName("U-26: a good certificate that the operator has named")
    void aGoodCertificate() {
        try (TlsFront front = front(HERE)) {
            set("upstreams.lab.ca-file", front.certificate().toString());

            Run run = examine();

            assertThat(run.row("lab")).startsWith("lab 127.0.0.1 TLSv1.3 open ");
        }
    }

    @Test
    @DisplayName("U-26: one of an unknown issuer")
    void aCertificateOfAnUnknownIssuer() {
        try (TlsFront front = front(HERE)) {
            Run run = examine();

            fails(run, "its certificate is of no authority that is trusted here",
                    "if it is right, name its authority in the upstream's ca-file");
            assertThat(front.url()).startsWith("https:");
        }
    }

    @Test
    @DisplayName("U-26: one for another host")
    void aCertificateForAnotherHost() {
        try (TlsFront front = front("-ext san=dns:other.example.com")) {
            set("upstreams.lab.ca-file", front.certificate().toString());

            fails(examine(), "its certificate is for another host", "not verified: DN: CN=",
                    "subjectAltNames: [other.example.com])", "; check its address");
        }
    }

    @Test
    void aRegistryWithoutTlsIsToldAsSuch() {
        set("upstreams.lab.url", registry.url().replace("http:", "https:"));

        fails(examine(), "it spoke no TLS that can be understood",
                "; check whether its url begins with http:// or https://");
    }

    @Test
    @DisplayName("U-26: one that has expired, of an authority that is trusted")
    void aCertificateThatHasExpired() {
        try (TlsFront front = front(List.of("-ext", "bc:c=ca:true"),
                "-ext san=ip:127.0.0.1 -startdate -9d -validity 5")) {
            set("upstreams.lab.ca-file", front.certificate().toString());

            fails(examine(), "its certificate has expired", "its operator has to renew it");
        }
    }

    @Test
    @DisplayName("U-26: one that has expired, and is itself trusted")
    void aNamedCertificateThatHasExpired() {
        try (TlsFront front = front("-ext san=ip:127.0.0.1 -startdate -9d -validity 5")) {
            set("upstreams.lab.ca-file", front.certificate().toString());

            fails(examine(), "its certificate has expired", "its operator has to renew it");
        }
    }

    @Test
    void aCaFileThatCannotBeUsedIsToldAsSuch() throws Exception {
        set("upstreams.lab.url", "https://127.0.0.1:1").set("upstreams.lab.ca-file",
                Files.writeString(directory.resolve("ca.pem"), "no certificate").toString());

        Run run = examine();

        assertThat(run.row("lab")).isEqualTo("lab - FAILED - - - -");
        assertThat(run.out()).contains("use of ca-file " + directory.resolve("ca.pem") + " failed",
                "give certificates in PEM format");
    }

    private void fails(Run run, String... words) {
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.row("lab")).isEqualTo("lab 127.0.0.1 FAILED - - - -");
        assertThat(run.out()).contains("lab, connection: GET of /v2/ from upstream lab failed: ", "TLS failed: ")
                .contains(words);
        assertThat(registry.traffic().all()).isEmpty();
    }

    private TlsFront front(String options) {
        return front(List.of(), options);
    }

    private TlsFront front(List<String> authority, String options) {
        TlsFront front = new TlsFront(directory, URI.create(registry.url()).getPort(), authority,
                options.split(" ", -1));
        set("upstreams.lab.url", front.url());
        return front;
    }
}
