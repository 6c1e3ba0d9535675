package dev.freshet.testbed.client;

import java.io.IOException;

/** The real clients of the end-to-end tests. */
public enum Clients {

    DOCKERD, CONTAINERD, CONTAINERD_WITH_PATH, CONTAINERD_WITH_OVERRIDE, PODMAN, SKOPEO;

    /** A new one with empty state. */
    public Client start(Route route) throws IOException {
        return switch (this) {
            case DOCKERD -> new Dockerd(route);
            case CONTAINERD -> new Containerd(route, Containerd.HostsStyle.NAMESPACE);
            case CONTAINERD_WITH_PATH -> new Containerd(route, Containerd.HostsStyle.PATH);
            case CONTAINERD_WITH_OVERRIDE -> new Containerd(route, Containerd.HostsStyle.OVERRIDE_PATH);
            case PODMAN -> new Podman(route);
            case SKOPEO -> new Skopeo(route);
        };
    }
}
