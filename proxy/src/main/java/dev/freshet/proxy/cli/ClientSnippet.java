package dev.freshet.proxy.cli;

import java.net.URI;

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
