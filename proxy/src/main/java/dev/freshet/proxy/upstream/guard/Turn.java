package dev.freshet.proxy.upstream.guard;

import java.time.Duration;
import java.util.List;

/**
 * The leave to make one call, with as many tries as its authorisation takes. Its owner says once how the call was
 * answered, and closes it however it went; for use by one thread.
 */
public final class Turn implements AutoCloseable {

    private final List<Pass> passes;
    private boolean isTold;

    /**
     * Leave by one of those that could have denied it.
     *
     * @param isProbe whether others wait for what comes of it
     */
    record Pass(HoldOff holdOff, boolean isProbe) {}

    /** @param passes that of the call's own kind last */
    Turn(List<Pass> passes) {
        this.passes = List.copyOf(passes);
    }

    /**
     * The registry has refused the call; its kind is held off.
     *
     * @param stated what the registry has asked for; zero when it has not said
     * @return for how long
     */
    public Duration refused(Refusal why, Duration stated) {
        isTold = true;
        Pass own = passes.getLast();
        passes.subList(0, passes.size() - 1).stream().filter(Pass::isProbe).forEach(pass -> pass.holdOff().giveBack());
        return own.holdOff().refused(own.isProbe(), why, stated);
    }

    /** The registry has answered the call, and if only with an error of another kind. */
    public void answered() {
        isTold = true;
        passes.stream().filter(Pass::isProbe).forEach(pass -> pass.holdOff().open());
    }

    @Override
    public void close() {
        if (!isTold) {
            passes.stream().filter(Pass::isProbe).forEach(pass -> pass.holdOff().giveBack());
        }
    }
}
