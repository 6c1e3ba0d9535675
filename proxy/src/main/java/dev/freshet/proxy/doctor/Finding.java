package dev.freshet.proxy.doctor;

/** The result of a check. */
public sealed interface Finding {

    /**
     * A check that passed.
     *
     * @param what a short result: an address, a version, a host; never a query or a secret
     */
    record Good(String what) implements Finding {}

    /**
     * A check that failed.
     *
     * @param message what was attempted, why it failed, and what to do
     */
    record Bad(String message) implements Finding {}

    /**
     * A check that did not run.
     *
     * @param why the check did not run
     */
    record Skipped(String why) implements Finding {}
}
