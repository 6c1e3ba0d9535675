package dev.freshet.testbed.e2e;

import java.util.List;

/**
 * A command of a client, and what it says to Freshet.
 *
 * @param command the command line; {@code {freshet}} stands for Freshet's host and port
 * @param exitCode 0 for success
 * @param exchanges what it asks and is answered, in an order that may differ from run to run
 */
record Operation(String command, int exitCode, List<Exchange> exchanges) {

    /** The repository that the command names. */
    String repository() {
        return SignedRepository.REPOSITORIES.stream().filter(command::contains).findFirst()
                .orElseThrow(() -> new IllegalStateException("no known repository in: " + command));
    }

    /** Whether another one differs in the order of its exchanges at most. */
    boolean isLike(Operation other) {
        return exitCode == other.exitCode && sorted().equals(other.sorted());
    }

    private List<String> sorted() {
        return exchanges.stream().map(Exchange::toString).sorted().toList();
    }

    @Override
    public String toString() {
        return command;
    }
}
