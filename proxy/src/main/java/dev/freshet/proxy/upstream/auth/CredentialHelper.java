package dev.freshet.proxy.upstream.auth;

import dev.freshet.config.unit.InvalidValueException;
import dev.freshet.config.unit.Secret;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A program that speaks the protocol of Docker's credential helpers: run with {@code get}, it reads on its input which
 * registry is meant, and prints {@code {"ServerURL": ..., "Username": ..., "Secret": ...}}.
 *
 * @param words the program and its first arguments
 * @param patience how long it may run
 */
record CredentialHelper(List<String> words, Duration patience) {

    /** How much it may print, in bytes. */
    static final int MAX_OUTPUT = 64 * 1024;

    /** How often it is looked whether it has ended or printed something. */
    private static final Duration LOOK = Duration.ofMillis(10);

    private static final String NOT_FOUND = "credentials not found in native keychain";
    private static final String IDENTITY = "<token>";
    private static final String OWN_VARIABLES = "FRESHET_";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    public CredentialHelper {
        words = List.copyOf(words);
    }

    /**
     * Asks it, and blocks until it has ended; what it has started ends too. What it has printed by then counts: something
     * that it leaves behind, and that goes on holding its output, is not waited for.
     *
     * @param server what {@code docker login} calls the registry
     * @throws HelperException if it tells nothing of use
     */
    public Credential ask(String server) throws HelperException, InterruptedException {
        Process process = start();
        try (InputStream output = process.getInputStream()) {
            tell(process, server);
            String text = new String(printed(process, output), StandardCharsets.UTF_8);
            int exitCode = process.exitValue();
            if (exitCode != 0) {
                throw text.strip().equals(NOT_FOUND)
                        ? HelperException.ignorant(server)
                        : new HelperException("it ended with exit code " + exitCode);
            }
            return parse(text);
        } catch (IOException e) {
            throw new HelperException("its output broke off");
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    /** Reads only what is there: a read that waits for more would wait for all who hold the other end of the pipe. */
    private byte[] printed(Process process, InputStream output)
            throws IOException, HelperException, InterruptedException {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        boolean hasEnded = false;
        for (long left = patience.dividedBy(LOOK); !hasEnded; left--) {
            hasEnded = process.waitFor(LOOK.toNanos(), TimeUnit.NANOSECONDS);
            for (int there = output.available(); there > 0
                    && printed.size() <= MAX_OUTPUT; there = output.available()) {
                printed.write(output.readNBytes(Math.min(there, MAX_OUTPUT + 1 - printed.size())));
            }
            if (printed.size() > MAX_OUTPUT) {
                throw new HelperException("it printed more than " + MAX_OUTPUT + " bytes");
            }
            if (!hasEnded && left <= 0) {
                throw new HelperException("it has not ended after " + patience.toMillis() + " ms");
            }
        }
        return printed.toByteArray();
    }

    private Process start() throws HelperException {
        List<String> line = new ArrayList<>(words);
        line.add("get");
        ProcessBuilder builder = new ProcessBuilder(line).redirectError(Redirect.DISCARD);
        builder.environment().keySet().removeIf(name -> name.startsWith(OWN_VARIABLES));
        try {
            return builder.start();
        } catch (IOException e) {
            throw new HelperException("it cannot be started");
        }
    }

    private static void tell(Process process, String server) {
        try (OutputStream input = process.getOutputStream()) {
            input.write((server + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // It does not want to know which registry is meant; what it prints counts.
        }
    }

    private static Credential parse(String text) throws HelperException {
        JsonNode answer;
        try {
            answer = JSON.readTree(text);
        } catch (JacksonException e) {
            throw new HelperException("what it printed is no JSON");
        }
        String username = answer.path("Username").asString("");
        try {
            Secret secret = new Secret(answer.path("Secret").asString(""));
            if (username.equals(IDENTITY)) {
                return new Credential.IdentityToken(secret);
            }
            if (username.isEmpty() || username.indexOf(':') >= 0) {
                throw new HelperException("its Username is empty, or holds a colon");
            }
            return new Credential.Login(username, secret);
        } catch (InvalidValueException e) {
            throw new HelperException("what it printed has no Secret");
        }
    }

    /** Says why a credential helper has told nothing; never what it printed. */
    static final class HelperException extends Exception {

        private static final long serialVersionUID = 1L;

        private final boolean ignorant;

        HelperException(String message) {
            this(message, false);
        }

        private HelperException(String message, boolean ignorant) {
            super(message);
            this.ignorant = ignorant;
        }

        /** It works, and knows nothing of this registry. */
        static HelperException ignorant(String server) {
            return new HelperException("it knows no credentials for " + server, true);
        }

        /** Whether it works, and has just nothing to tell. */
        public boolean isIgnorant() {
            return ignorant;
        }
    }
}
