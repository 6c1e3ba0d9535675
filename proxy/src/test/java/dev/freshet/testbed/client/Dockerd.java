package dev.freshet.testbed.client;

import dev.freshet.testbed.image.Image;
import dev.freshet.testbed.process.ChildProcess;
import dev.freshet.testbed.process.Command;
import dev.freshet.testbed.process.Tool;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** A Docker daemon with its own containerd, and the command line that talks to it. Containers have no network. */
public final class Dockerd implements Client {

    private static final Pattern READY = Pattern.compile("API listen on ");

    private final Route route;
    private final StateDirectory state;
    private final ChildProcess daemon;
    private final Command docker;

    /** Answers when it returns, and deletes its state when it is closed. */
    public Dockerd(StateDirectory state, Route route) throws IOException {
        this.state = state;
        this.route = route;
        String program = Tool.asRoot(Tool.DOCKERD).path();
        String cli = Tool.DOCKER.path();
        String socket = "unix://" + state.at("docker.sock");
        List<String> words = new ArrayList<>(List.of(program, "--config-file",
                state.write("daemon.json", "{}").toString(), "-H", socket, "--data-root", state.at("data").toString(),
                "--exec-root", state.at("exec").toString(), "--pidfile", state.at("pid").toString(),
                "--iptables=false", "--ip6tables=false", "--bridge=none", "--ip-forward=false"));
        if (route instanceof Route.Mirrored) {
            words.add("--registry-mirror=http://" + route.authority());
        }
        daemon = new ChildProcess("dockerd", state.path(), CUT_OFF, words);
        daemon.await(READY);
        docker = new Command(List.of(cli, "-H", socket), CUT_OFF, state.path());
    }

    @Override
    public Command.Result tryPull(Image image, String suffix) throws IOException {
        return docker.and("pull", route.name(image, suffix)).run();
    }

    /** Runs a command in a new container of this image, without network; what it printed. */
    public String run(Image image, String... words) throws IOException {
        return docker.and("run", "--rm", "--network", "none", route.name(image, ":" + image.tag())).and(words)
                .succeed();
    }

    @Override
    public void close() throws IOException {
        daemon.close();
        state.close();
    }

    @Override
    public String toString() {
        return "docker pull";
    }
}
