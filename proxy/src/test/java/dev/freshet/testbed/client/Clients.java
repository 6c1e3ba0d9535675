package dev.freshet.testbed.client;

import java.io.IOException;

/** The real clients of the end-to-end tests. */
public enum Clients {

    DOCKERD,
    CONTAINERD,
    CONTAINERD_WITH_PATH,
    CONTAINERD_WITH_OVERRIDE,
    PODMAN,
    SKOPEO;

    /** A new one with empty state. */
    public Client start(Route route) throws IOException {
        StateDirectory state = new StateDirectory("client");
        try {
            return switch (this) {
                case DOCKERD -> new Dockerd(state, route);
                case CONTAINERD -> new Containerd(state, route, Containerd.HostsStyle.NAMESPACE);
                case CONTAINERD_WITH_PATH -> new Containerd(state, route, Containerd.HostsStyle.PATH);
                case CONTAINERD_WITH_OVERRIDE -> new Containerd(state, route, Containerd.HostsStyle.OVERRIDE_PATH);
                case PODMAN -> new Podman(state, route);
                case SKOPEO -> new Skopeo(state, route);
            };
        } catch (Throwable e) {
            state.close();
            throw e;
        }
    }
}
