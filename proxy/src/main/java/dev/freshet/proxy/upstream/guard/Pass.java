package dev.freshet.proxy.upstream.guard;

/**
 * Permission to make one request. The caller says what came of it, and closes this in any case; only what is said
 * first counts. One thread uses it.
 */
public final class Pass implements Admission, AutoCloseable {

    private final Circuit circuit;
    private boolean told;

    Pass(Circuit circuit) {
        this.circuit = circuit;
    }

    /** The registry has answered something other than a server error, be it a refusal. */
    public void answered() {
        if (!told) {
            told = true;
            circuit.answered();
        }
    }

    /** The registry has failed. */
    public void failed(Trouble trouble) {
        if (!told) {
            told = true;
            circuit.failed(this, trouble);
        }
    }

    /** It has ended; without a word before, nothing was found out. */
    @Override
    public void close() {
        if (!told) {
            told = true;
            circuit.withdrawn(this);
        }
    }
}
