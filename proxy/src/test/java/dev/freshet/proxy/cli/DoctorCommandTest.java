package dev.freshet.proxy.cli;

import dev.freshet.cache.name.Digest;
import dev.freshet.testbed.fault.Fault;
import dev.freshet.testbed.fault.On;
import dev.freshet.testbed.proxy.Bytes;
import dev.freshet.testbed.registry.Account;
import dev.freshet.testbed.registry.Auth;
import dev.freshet.testbed.registry.FakeRegistry;
import dev.freshet.testbed.traffic.Endpoint;
import dev.freshet.testbed.wire.Answer;
import dev.freshet.testbed.wire.Gate;
import dev.freshet.testbed.wire.Headers;
import dev.freshet.testbed.wire.Manner;
import dev.freshet.testbed.wire.Progress;
import dev.freshet.testbed.wire.Reply;
import dev.freshet.testbed.wire.WireServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code doctor}, at registries in this process that have something, or nothing. */
class DoctorCommandTest extends DoctorKit {

    @Test
    void ofAGoodUpstreamARowSaysWhatWasFound() {
        Run run = examine();

        assertThat(run.code()).as(run.toString()).isZero();
        assertThat(run.out().lines().findFirst().orElse("").replaceAll(" +", " "))
                .isEqualTo("UPSTREAM NAME CONNECTION API TOKEN MANIFEST STORAGE");
        assertThat(run.row("lab")).isEqualTo("lab 127.0.0.1 plain open none wanted " + REPO + ":1.0 "
                + registry.storageAuthority());
        assertThat(run.err()).isEmpty();
    }

    @Test
    void anUpstreamThatSendsItsBlobsItselfSaysSo() {
        registry.reconfigure(settings -> settings.withoutRedirects());

        assertThat(examine().row("lab")).endsWith(" itself");
    }

    @Test
    void aTokenIsFetchedWhereOneIsWanted() {
        registry.reconfigure(settings -> settings.auth(new Auth.Bearer(Duration.ofMinutes(5))));

        Run run = examine();

        assertThat(run.code()).as(run.toString()).isZero();
        assertThat(run.row("lab")).contains(" plain Bearer " + registry.authority() + " " + REPO + ":1.0 ");
    }

    @Test
    @DisplayName("L-07: of a front the registry behind it is named, or the line that is missing")
    void aFrontIsExaminedThroughTheRegistryBehindIt() {
        registry.reconfigure(settings -> settings.auth(new Auth.Bearer(Duration.ofMinutes(5))));
        try (WireServer front = new WireServer(request -> new Answer(Reply.empty(302,
                Headers.of("Location", registry.url() + request.target())), Manner.PLAIN, Progress.UNHEARD))) {
            set("upstreams.lab.url", "http://" + front.authority());

            Run refused = examine();
            Run allowed = set("upstreams.lab.manifest-hosts", registry.authority()).examine();

            assertThat(refused.code()).isEqualTo(1);
            assertThat(refused.out()).contains("lab, manifest: GET of manifest " + IMAGE,
                    "add it to its manifest-hosts:"
                            + " upstreams: { 'lab': { manifest-hosts: ['" + registry.authority() + "'] } }");
            assertThat(allowed.code()).as(allowed.toString()).isZero();
            assertThat(allowed.row("lab")).endsWith(" plain open none wanted " + REPO + ":1.0 " + registry.authority()
                    + " > " + registry.storageAuthority());
        }
    }

    @Test
    void ofAnIndexABlobOfOneOfItsImagesIsAskedFor() {
        Digest image = registry.manifest(REPO, "application/vnd.oci.image.manifest.v1+json", Bytes.of("""
                {"layers":[{"digest":"%s","size":7}]}""".formatted(registry.blob(REPO, Bytes.random(7)))));
        registry.tag(REPO, "1.0", registry.manifest(REPO, "application/vnd.oci.image.index.v1+json", Bytes.of("""
                {"manifests":[{"digest":"%s","platform":{"os":"plan9","architecture":"mips"}}]}""".formatted(image))));

        assertThat(examine().row("lab")).endsWith(" " + registry.storageAuthority());
    }

    @Test
    void storageThatTheRulesRefuseIsNamedWithTheLineThatAllowsIt() throws IOException {
        set("upstreams.lab.redirect-hosts", "10.0.0.7:9000");
        Run refused = examine();
        String line = refused.out().lines().filter(l -> l.contains("redirect-hosts: ")).findFirst().orElseThrow()
                .replaceFirst(".*redirect-hosts: upstreams", "upstreams");
        options.clear();
        Path config = Files.writeString(directory.resolve("freshet.yaml"), "default-upstream: lab\n"
                + line.replace("redirect-hosts:", "url: '" + registry.url() + "', redirect-hosts:") + "\n");

        Run allowed = examine("--config", config.toString());

        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.row("lab")).endsWith(REPO + ":1.0 FAILED");
        assertThat(refused.out()).contains("lab, storage: GET of blob lab/" + REPO + "@sha256:",
                registry.storageAuthority() + " is at no public address");
        assertThat(line).isEqualTo("upstreams: { 'lab': { redirect-hosts: ['10.0.0.7:9000', '"
                + registry.storageAuthority() + "'] } }");
        assertThat(allowed.code()).as(allowed.toString()).isZero();
    }

    @Test
    void aNameThatDoesNotResolveIsAFailureOfTheName() {
        set("upstreams.lab.url", "http://no-such-host.invalid");

        Run run = examine();

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.row("lab")).isEqualTo("lab FAILED - - - - -");
        assertThat(run.out()).contains("lab, name: GET of /v2/ from upstream lab failed: ", "does not resolve",
                "; check the upstream's url, and the name server of this machine");
    }

    @Test
    void theConnectionFailsAtAClosedPort() {
        registry.stop();

        Run run = examine();

        registry.start();
        assertThat(run.row("lab")).isEqualTo("lab 127.0.0.1 FAILED - - - -");
        assertThat(run.out()).contains("it cannot be connected",
                "; check the upstream's url, and any proxy or firewall");
    }

    @ParameterizedTest(name = "{0} at {1}")
    @CsvSource({"404,PING,api,check the upstream's url: no registry answers there",
            "503,PING,api,the registry itself failed: try again later",
            "404,MANIFEST,manifest,use --image with an image that the registry has",
            "429,MANIFEST,manifest,'wait, or set the upstream''s username and password'",
            "403,BLOB,storage,check what the upstream's username may pull",
            "403,STORAGE,storage,check the clock of this machine"})
    void whatIsAnsweredBesideTheRightThingIsToldWithWhatToDo(int status, Endpoint endpoint, String check, String what) {
        registry.when(On.every(endpoint), Fault.status(status));

        Run run = examine();

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).contains("\nlab, " + check + ": GET of ", "answered " + status + "; " + what);
    }

    @Test
    @DisplayName("L-06: a web page at /v2/ is no registry")
    void aWebPageInPlaceOfARegistryIsTold() {
        registry.when(On.every(Endpoint.PING), Fault.loginPage());

        Run run = examine();

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.row("lab")).isEqualTo("lab 127.0.0.1 plain FAILED - - -");
        assertThat(run.out())
                .contains("it came as text/html, a web page; check that the upstream's url is a registry");
    }

    @Test
    @DisplayName("U-24: a hostile head is told, and not shown")
    void aHostileHeadIsTold() {
        String fields = IntStream.range(0, 600).mapToObj(i -> "X-Evil-" + i + ": y\r\n").collect(Collectors.joining());
        registry.when(On.every(Endpoint.PING), new Fault.RawHead("HTTP/1.1 200 OK\r\n" + fields
                + "Content-Length: 2\r\n\r\n"));

        Run run = examine();

        assertThat(run.row("lab")).isEqualTo("lab 127.0.0.1 plain FAILED - - -");
        assertThat(run.out()).contains("it came with more than 500 header fields").doesNotContain("X-Evil");
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void aPasswordThatIsRefusedFailsTheToken(boolean isBasic) {
        Account account = new Account("me", "another", Set.of(REPO));
        registry.reconfigure(settings -> settings
                .auth(isBasic ? new Auth.Basic(List.of(account)) : new Auth.Bearer(Duration.ofMinutes(5), account)));
        set("upstreams.lab.username", "me").set("upstreams.lab.password", PASSWORD);

        Run run = examine();

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.row("lab")).contains(" FAILED - -");
        assertThat(run.out()).contains("lab, token: ").containsPattern("; check the upstream's username and password");
    }

    @Test
    void aTokenServerOfAnotherDomainIsToldWithTheOptionThatAllowsIt() {
        registry.reconfigure(settings -> settings
                .auth(new Auth.Bearer(List.of(), Duration.ofMinutes(5), "https://auth.example.net/token")));

        Run run = examine();

        assertThat(run.row("lab")).contains(" Bearer FAILED - -");
        assertThat(run.out()).contains("token server auth.example.net:443 is not asked", "upstream's token-hosts");
    }

    @Test
    void anUpstreamOfWhichNoImageIsKnownIsCheckedAsFarAsItCanBe() {
        Run run = doctor();

        assertThat(run.code()).as(run.toString()).isZero();
        assertThat(run.row("lab")).isEqualTo("lab 127.0.0.1 plain open none wanted - -");
        assertThat(run.out()).contains("lab: no image of lab is known; give one with --image lab/REPOSITORY:TAG");
    }

    @Test
    void allUpstreamsAreAskedAtTheSameTime() {
        try (FakeRegistry other = new FakeRegistry()) {
            set("upstreams.other.url", other.url());
            Gate here = new Gate();
            Gate there = new Gate();
            registry.when(On.every(Endpoint.PING), Fault.slowHead(here));
            other.when(On.every(Endpoint.PING), Fault.slowHead(there));
            CompletableFuture<Run> run = CompletableFuture.supplyAsync(this::examine);

            here.awaitArrivals(1);
            there.awaitArrivals(1);
            here.open();
            there.open();

            assertThat(run.join().code()).as(run.join().toString()).isZero();
            assertThat(run.join().row("other")).endsWith(" open none wanted - -");
        }
    }

    @Test
    void jsonSaysTheSame() {
        registry.when(On.every(Endpoint.MANIFEST), Fault.status(404));

        Run run = examine("--json");

        JsonNode upstream = JsonMapper.builder().build().readTree(run.out()).path("upstreams").path(0);
        assertThat(run.code()).isEqualTo(1);
        assertThat(upstream.path("upstream").asString()).isEqualTo("lab");
        assertThat(upstream.path("good").asBoolean(true)).isFalse();
        assertThat(upstream.path("image").asString()).isEqualTo(IMAGE);
        assertThat(upstream.path("checks").path("name").path("found").asString()).isEqualTo("127.0.0.1");
        assertThat(upstream.path("checks").path("manifest").path("result").asString()).isEqualTo("failed");
        assertThat(upstream.path("checks").path("manifest").path("message").asString()).contains("answered 404");
        assertThat(upstream.path("checks").path("storage").path("result").asString()).isEqualTo("skipped");
    }

    @Test
    void wrongUseIsRefusedBeforeAnUpstreamIsAsked() {
        Run bad = doctor("--image", "No Name");
        Run unknown = doctor("--image", "nowhere.example.com/thing");
        Run two = doctor("--image", IMAGE, "--image", "lab/other");
        Run wrong = doctor("--set", "no.such.option=1");

        assertThat(List.of(bad, unknown, two, wrong)).extracting(Run::code).containsOnly(2);
        assertThat(bad.err()).startsWith("doctor failed: repository name \"No Name\" is not valid");
        assertThat(unknown.err())
                .startsWith("doctor failed: image nowhere.example.com/thing:latest cannot be checked");
        assertThat(two.err()).contains("another image of upstream lab is given; give one per upstream");
        assertThat(registry.traffic().all()).isEmpty();
    }
}
