package dev.freshet.proxy.doctor;

/** What came of a check. */
public sealed interface Finding {

    /**
     * All is well.
     *
     * @param what was found, in a word or two: an address, a version, a host; never a query or a secret
     */
    record Good(String what) implements Finding {}

    /**
     * It is not.
     *
     * @param message what was attempted, why it failed, and what to do
     */
    record Bad(String message) implements Finding {}

    /**
     * Nothing was asked.
     *
     * @param why there was nothing to ask
     */
    record Skipped(String why) implements Finding {}
}
