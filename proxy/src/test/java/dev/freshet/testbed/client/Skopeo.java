package dev.freshet.testbed.client;

import dev.freshet.testbed.image.Image;
import dev.freshet.testbed.process.Command;
import dev.freshet.testbed.process.Tool;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Skopeo, which knows of no mirrors here and is told the registry as the first component of the repository. */
public final class Skopeo implements Client {

    private final Route route;
    private final StateDirectory state;
    private final Command skopeo;
    private int copies;

    /** With nothing copied yet; deletes its copies when it is closed. */
    public Skopeo(StateDirectory state, Route route) throws IOException {
        this.state = state;
        this.route = route;
        String program = Tool.SKOPEO.path();
        Map<String, String> environment = new HashMap<>(CUT_OFF);
        environment.put("TMPDIR", state.path().toString());
        skopeo = new Command(List.of(program, "--insecure-policy", "--tmpdir", state.path().toString(),
                "--registries.d", state.path().toString()), environment, state.path());
    }

    @Override
    public Command.Result tryPull(Image image, String suffix) throws IOException {
        copies++;
        String source = switch (route) {
            case Route.Mirrored(String authority) -> authority + "/docker.io/" + image.repository() + suffix;
            case Route.Direct direct -> route.name(image, suffix);
        };
        return skopeo.and("copy", "--src-tls-verify=false", "docker://" + source, "dir:" + state.at("copy" + copies))
                .run();
    }

    @Override
    public void close() throws IOException {
        state.close();
    }

    @Override
    public String toString() {
        return "skopeo copy";
    }
}
