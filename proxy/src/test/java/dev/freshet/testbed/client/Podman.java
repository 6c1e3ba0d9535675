package dev.freshet.testbed.client;

import dev.freshet.testbed.image.Image;
import dev.freshet.testbed.process.Command;
import dev.freshet.testbed.process.Tool;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Podman with storage and configuration of its own. */
public final class Podman implements Client {

    private final Route route;
    private final StateDirectory state;
    private final Command podman;

    /** With empty storage, which it deletes when it is closed. */
    public Podman(StateDirectory state, Route route) throws IOException {
        this.state = state;
        this.route = route;
        String program = Tool.asRoot(Tool.PODMAN).path();
        String registries = switch (route) {
            case Route.Mirrored(String authority) -> """
                    [[registry]]
                    location = "docker.io"
                    [[registry.mirror]]
                    location = "%s/docker.io"
                    insecure = true
                    """.formatted(authority);
            case Route.Direct(String authority) -> """
                    [[registry]]
                    location = "%s"
                    insecure = true
                    """.formatted(authority);
        };
        Map<String, String> environment = new HashMap<>(CUT_OFF);
        environment.put("CONTAINERS_REGISTRIES_CONF", state.write("registries.conf", registries).toString());
        environment.put("CONTAINERS_CONF", state.write("containers.conf", "").toString());
        String storage = "[storage]\ndriver = \"overlay\"\ngraphroot = \"%s\"\nrunroot = \"%s\"\n"
                .formatted(state.at("root"), state.at("run"));
        environment.put("CONTAINERS_STORAGE_CONF", state.write("storage.conf", storage).toString());
        environment.put("TMPDIR", state.path().toString());
        podman = new Command(List.of(program, "--tmpdir", state.at("tmp").toString(), "--events-backend", "none"),
                environment, state.path());
    }

    @Override
    public Command.Result tryPull(Image image, String suffix) throws IOException {
        String policy = state.write("policy.json", "{\"default\":[{\"type\":\"insecureAcceptAnything\"}]}").toString();
        return podman.and("pull", "--signature-policy", policy, route.name(image, suffix)).run();
    }

    @Override
    public void close() throws IOException {
        state.close();
    }

    @Override
    public String toString() {
        return "podman pull";
    }
}
