package dev.freshet.proxy.upstream.guard;

import java.time.Duration;

/** What a circuit says to who wants to make a request: that it may be made, or that it is held back. */
public sealed interface Admission permits Admission.Held, Pass {

    /**
     * It is not to be made.
     *
     * @param last why: the registry's last failure
     * @param pause how long until it may be worth asking again; more than zero
     */
    record Held(Trouble last, Duration pause) implements Admission {}
}
