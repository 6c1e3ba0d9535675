package dev.freshet.proxy.cli;

import dev.freshet.config.unit.InvalidValueException;
import java.net.URI;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code client-config}: prints the configuration of a client that uses this proxy. */
@Command(name = "client-config", mixinStandardHelpOptions = true, description = "Prints the configuration of a client that uses this proxy.")
final class ClientConfigCommand implements Callable<Integer> {

    @Parameters(paramLabel = "CLIENT", description = "One of: ${COMPLETION-CANDIDATES}.")
    @SuppressWarnings("NullAway.Init")
    private ClientSnippet client;

    @Option(names = "--url", paramLabel = "URL", defaultValue = "http://localhost:5000", description = "URL of Freshet for clients (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init")
    private URI url;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() {
        boolean usable = url.getHost() != null && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()));
        if (!usable) {
            spec.commandLine().getErr().println("url " + InvalidValueException.shown(url.toString())
                    + " cannot be used: give http:// or https:// and a host");
            return 2;
        }
        spec.commandLine().getOut().print(client.snippet(url));
        spec.commandLine().getOut().flush();
        return 0;
    }

    /** The clients with a known configuration snippet. */
    enum ClientSnippet {

        docker("""
                # /etc/docker/daemon.json, then: systemctl reload docker
                # Mirrors Docker Hub; for other registries pull %3$s/<registry>/<repository>.
                {
                  "registry-mirrors": ["%1$s"],
                  "insecure-registries": [%4$s]
                }
                """),
        containerd(
                """
                        # /etc/containerd/certs.d/_default/hosts.toml
                        # and in /etc/containerd/config.toml, under the CRI plugin: [...registry] config_path = "/etc/containerd/certs.d"
                        [host."%1$s"]
                          capabilities = ["pull", "resolve"]
                        """),
        podman("""
                # /etc/containers/registries.conf.d/freshet.conf, one [[registry]] for each registry to mirror
                [[registry]]
                prefix = "docker.io"
                location = "docker.io"

                [[registry.mirror]]
                location = "%3$s/docker.io"
                insecure = %2$s
                """),
        buildkit("""
                # buildkitd.toml, one [registry] for each registry to mirror
                [registry."docker.io"]
                  mirrors = ["%3$s/docker.io"]

                [registry."%3$s"]
                  http = %2$s
                """),
        k3s("""
                # /etc/rancher/k3s/registries.yaml
                mirrors:
                  "*":
                    endpoint:
                      - "%1$s"
                """),
        trivy("""
                # Name the image by way of Freshet%5$s:
                trivy image %6$s%3$s/docker.io/library/alpine:latest
                """);

        private final String template;

        ClientSnippet(String template) {
            this.template = template;
        }

        /** The snippet for a proxy at a URL. */
        String snippet(URI url) {
            boolean insecure = "http".equals(url.getScheme());
            String authority = url.getRawAuthority();
            String base = url.getScheme() + "://" + authority;
            return template.formatted(base, insecure, authority, insecure ? '"' + authority + '"' : "",
                    insecure ? " (it is plain http)" : "", insecure ? "--insecure " : "");
        }
    }
}
