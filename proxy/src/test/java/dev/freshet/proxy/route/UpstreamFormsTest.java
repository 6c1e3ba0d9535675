package dev.freshet.proxy.route;

import dev.freshet.proxy.error.ErrorCode;
import java.util.OptionalInt;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The five ways in which a client names an upstream, alone and together; the fault case L-11. */
class UpstreamFormsTest {

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource(textBlock = """
            /v2/library/busybox/manifests/1.36,                        docker.io/library/busybox:1.36
            /v2/ghcr.io/o/r/manifests/1,                               ghcr.io/o/r:1
            /v2/docker.io/library/busybox/manifests/1,                 docker.io/library/busybox:1
            /v2/localhost:5001/a/b/c/manifests/1,                      localhost:5001/a/b/c:1
            /v2/lab/r/manifests/1,                                     lab/r:1
            /ghcr.io/v2/o/r/manifests/1,                               ghcr.io/o/r:1
            /docker.io/v2/library/busybox/manifests/1,                 docker.io/library/busybox:1
            /lab/v2/r/manifests/1,                                     lab/r:1
            /v2/o/r/manifests/1?ns=ghcr.io,                            ghcr.io/o/r:1
            /v2/library/busybox/manifests/1?ns=docker.io,              docker.io/library/busybox:1
            /v2/r/manifests/1?ns=localhost:5001,                       localhost:5001/r:1
            """)
    void pathPrefixPathMirrorAndNamespaceNameIt(String target, String image) {
        assertThat(Routing.line(Routing.get(target))).isEqualTo("manifest " + image);
    }

    @ParameterizedTest(name = "{0} at {1} is {2}")
    @CsvSource(textBlock = """
            docker.mirror.example.com, 80,   docker.io/library/x:1
            docker.mirror.example.com, 5000, docker.io/library/x:1
            DOCKER.Mirror.Example.COM, 5000, docker.io/library/x:1
            ghcr.mirror.example.com,   8443, ghcr.io/x:1
            ghcr.mirror.example.com,   8444, docker.io/library/x:1
            ghcr.io,                   443,  docker.io/library/x:1
            other.example.com,         80,   docker.io/library/x:1
            '',                        80,   docker.io/library/x:1
            """)
    void aConfiguredHostNamesIt(String host, int port, String image) {
        assertThat(Routing.line(Routing.at(host, OptionalInt.of(port), "/v2/x/manifests/1")))
                .isEqualTo("manifest " + image);
    }

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource(textBlock = """
            /v2/ghcr.io/o/r/manifests/1?ns=ghcr.io,                    ghcr.io/o/r:1
            /v2/docker.io/library/x/manifests/1?ns=docker.io,          docker.io/library/x:1
            /v2/registry-1.docker.io/library/x/manifests/1?ns=docker.io, docker.io/library/x:1
            /v2/docker.io/x/manifests/1?ns=index.docker.io,            docker.io/library/x:1
            /ghcr.io/v2/o/r/manifests/1?ns=ghcr.io,                    ghcr.io/o/r:1
            /v2/localhost:5001/r/manifests/1?ns=localhost:5001,        localhost:5001/r:1
            """)
    void namedTwiceItIsAppliedOnce(String target, String image) {
        assertThat(Routing.line(Routing.get(target))).isEqualTo("manifest " + image);
    }

    @DisplayName("L-11: a repository called like its upstream")
    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource(textBlock = """
            /lab/v2/r/manifests/1,                          manifest lab/r:1
            /lab/v2/lab/r/manifests/1,                      manifest lab/lab/r:1
            /lab/v2/lab/r/manifests/1?ns=lab,               manifest lab/lab/r:1
            /the-lab/v2/lab/r/manifests/1?ns=ghcr.io,       manifest lab/lab/r:1
            /lab/v2/lab/lab/r/manifests/1,                  manifest lab/lab/lab/r:1
            /lab/v2/lab/manifests/1,                        manifest lab/lab:1
            /ghcr.io/v2/ghcr.io/r/manifests/1,              manifest ghcr.io/ghcr.io/r:1
            /v2/lab/r/manifests/1,                          manifest lab/r:1
            /v2/lab/lab/r/manifests/1,                      manifest lab/lab/r:1
            /v2/the-lab/lab/r/manifests/1,                  manifest lab/lab/r:1
            /v2/ghcr.io/lab/r/manifests/1,                  manifest ghcr.io/lab/r:1
            /v2/r/manifests/1?ns=lab,                       manifest lab/r:1
            /v2/lab/r/manifests/1?ns=lab,                   manifest lab/r:1 or manifest lab/lab/r:1
            /v2/lab/r/manifests/1?ns=the-lab,               manifest lab/r:1 or manifest lab/lab/r:1
            /v2/the-lab/r/manifests/1?ns=lab,               manifest lab/r:1 or manifest lab/the-lab/r:1
            /v2/lab/lab/r/manifests/1?ns=lab,               manifest lab/lab/r:1 or manifest lab/lab/lab/r:1
            /v2/lab/r/tags/list?ns=lab,                     tags lab/r or tags lab/lab/r
            /v2/lab/manifests/1?ns=lab,                     manifest lab/lab:1
            /v2/lab/tags/list?ns=lab,                       tags lab/lab
            /v2/lab/?ns=lab,                                ping lab
            /v2/ghcr.io/r/manifests/1?ns=lab,               manifest lab/ghcr.io/r:1
            /v2/lab/r/manifests/1?ns=ghcr.io,               manifest ghcr.io/lab/r:1
            /v2/lab/A/manifests/1?ns=lab,                   400 NAME_INVALID
            /v2/lab/r/nothing/1?ns=lab,                     404 NAME_UNKNOWN
            """)
    void aRepositoryMayBeCalledLikeItsUpstream(String target, String expected) {
        assertThat(Routing.line(Routing.get(target))).isEqualTo(expected);
    }

    @DisplayName("L-11: a repository called like its upstream, at a host that means this")
    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource(textBlock = """
            /v2/r/manifests/1,                              manifest lab/r:1
            /v2/lab/r/manifests/1,                          manifest lab/r:1 or manifest lab/lab/r:1
            /v2/lab/r/manifests/1?ns=lab,                   manifest lab/r:1 or manifest lab/lab/r:1
            /lab/v2/lab/r/manifests/1,                      manifest lab/lab/r:1
            /v2/ghcr.io/r/manifests/1,                      manifest lab/ghcr.io/r:1
            """)
    void aRepositoryMayBeCalledLikeTheUpstreamOfAHost(String target, String expected) {
        assertThat(Routing.line(Routing.at("lab.mirror.example.com", OptionalInt.empty(), target)))
                .isEqualTo(expected);
    }

    @Test
    void aHostAndItsPrefixAreAppliedOnce() {
        assertThat(Routing.line(
                Routing.at("docker.mirror.example.com", OptionalInt.empty(), "/v2/docker.io/x/manifests/1")))
                .isEqualTo("manifest docker.io/library/x:1");
    }

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource(textBlock = """
            /v2/o/r/manifests/1?ns=lab,                                lab/o/r:1
            /ghcr.io/v2/o/r/manifests/1?ns=lab,                        ghcr.io/o/r:1
            """)
    void theMoreExplicitNameWins(String target, String image) {
        assertThat(Routing.line(Routing.at("docker.mirror.example.com", OptionalInt.empty(), target)))
                .isEqualTo("manifest " + image);
    }

    @ParameterizedTest(name = "{0} is docker.io")
    @CsvSource({"registry-1.docker.io", "index.docker.io", "docker.io", "Docker.IO"})
    void aliasesNameTheSameUpstream(String name) {
        String expected = "manifest docker.io/library/busybox:1";

        assertThat(Routing.line(Routing.get("/v2/" + name + "/library/busybox/manifests/1"))).isEqualTo(expected);
        assertThat(Routing.line(Routing.get("/" + name + "/v2/library/busybox/manifests/1"))).isEqualTo(expected);
        assertThat(Routing.line(Routing.get("/v2/library/busybox/manifests/1?ns=" + name))).isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource(textBlock = """
            /v2/busybox/manifests/1,                 docker.io/library/busybox:1
            /v2/docker.io/busybox/manifests/1,       docker.io/library/busybox:1
            /docker.io/v2/busybox/manifests/1,       docker.io/library/busybox:1
            /v2/busybox/manifests/1?ns=docker.io,    docker.io/library/busybox:1
            /v2/library/busybox/manifests/1,         docker.io/library/busybox:1
            /v2/ghcr.io/busybox/manifests/1,         ghcr.io/busybox:1
            /v2/lab/busybox/manifests/1,             lab/busybox:1
            """)
    void onlyDockerHubsSingleComponentNamesGetTheirLibrary(String target, String image) {
        assertThat(Routing.line(Routing.get(target))).isEqualTo("manifest " + image);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"/v2/quay.io/o/r/manifests/1", "/quay.io/v2/o/r/manifests/1", "/v2/o/r/manifests/1?ns=quay.io",
            "/v2/unknown:5000/r/manifests/1", "/nowhere/v2/r/manifests/1", "/v2/r/manifests/1?ns=http://evil",
            "/quay.io/v2", "/v2/?ns=quay.io", "/v2/169.254.169.254/latest/manifests/1"})
    void anUnknownRegistryIsRefusedWithTheOnesThatAreKnown(String target) {
        Route route = Routing.get(target);

        assertThat(route).isInstanceOfSatisfying(Route.Unroutable.class, none -> {
            assertThat(none.error().status()).isEqualTo(404);
            assertThat(none.error().code()).isEqualTo(ErrorCode.NAME_UNKNOWN);
            assertThat(none.error().message()).contains("docker.io, ghcr.io, lab, localhost:5001");
        });
    }

    @ParameterizedTest(name = "{0} is a {1}")
    @CsvSource(textBlock = """
            /v2,                  ping docker.io
            /v2/,                 ping docker.io
            /v2/?ns=ghcr.io,      ping ghcr.io
            /v2?ns=ghcr.io,       ping ghcr.io
            /ghcr.io/v2,          ping ghcr.io
            /ghcr.io/v2/,         ping ghcr.io
            /v2/ghcr.io/,         ping ghcr.io
            /docker.io/v2/,       ping docker.io
            """)
    void everyFormHasItsPing(String target, String expected) {
        assertThat(Routing.line(Routing.get(target))).isEqualTo(expected);
    }
}
