package dev.freshet.testbed.client;

import dev.freshet.testbed.image.Image;
import dev.freshet.testbed.process.ChildProcess;
import dev.freshet.testbed.process.Command;
import dev.freshet.testbed.process.Tool;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;

/** A containerd, and {@code ctr} that talks to it. */
public final class Containerd implements Client {

    private static final Pattern READY = Pattern.compile("containerd successfully booted");

    /** How a {@code hosts.toml} may name a mirror that serves several registries. */
    public enum HostsStyle {

        /** {@code /v2/<repository>?ns=docker.io}. */
        NAMESPACE("http://%s", ""),
        /** {@code /docker.io/v2/<repository>}. */
        PATH("http://%s/docker.io", ""),
        /** {@code /v2/docker.io/<repository>}. */
        OVERRIDE_PATH("http://%s/v2/docker.io", "override_path = true");

        private final String url;
        private final String option;

        HostsStyle(String url, String option) {
            this.url = url;
            this.option = option;
        }

        private String toml(String authority) {
            String host = url.formatted(authority);
            return """
                    server = "http://%s"
                    [host."%s"]
                      capabilities = ["pull", "resolve"]
                      %s
                    """.formatted(authority, host, option);
        }
    }

    private final Route route;
    private final HostsStyle style;
    private final StateDirectory state;
    private final ChildProcess daemon;
    private final Command ctr;

    /** Answers when it returns, and deletes its state when it is closed. The style matters for a mirror only. */
    public Containerd(StateDirectory state, Route route, HostsStyle style) throws IOException {
        this.state = state;
        this.route = route;
        this.style = style;
        String program = Tool.asRoot(Tool.CONTAINERD).path();
        String cli = Tool.CTR.path();
        state.write("hosts/docker.io/hosts.toml", style.toml(route.authority()));
        String socket = state.at("sock").toString();
        String config = """
                version = 2
                root = "%s"
                state = "%s"
                disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.tracing.processor.v1.otlp"]
                [grpc]
                  address = "%s"
                [ttrpc]
                  address = "%s.ttrpc"
                """.formatted(state.at("root"), state.at("state"), socket, socket);
        daemon = new ChildProcess("containerd", state.path(), CUT_OFF,
                List.of(program, "--config", state.write("config.toml", config).toString()));
        daemon.await(READY);
        ctr = new Command(List.of(cli, "--address", socket), CUT_OFF, state.path());
    }

    @Override
    public Command.Result tryPull(Image image, String suffix) throws IOException {
        Command pull = switch (route) {
            case Route.Mirrored mirrored -> ctr.and("images", "pull", "--hosts-dir", state.at("hosts").toString());
            case Route.Direct direct -> ctr.and("images", "pull", "--plain-http");
        };
        return pull.and(route.name(image, suffix)).run();
    }

    @Override
    public void close() throws IOException {
        daemon.close();
        state.close();
    }

    @Override
    public String toString() {
        return "ctr images pull (" + style + ")";
    }
}
