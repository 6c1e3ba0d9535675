package dev.freshet.testbed.wire;

/** How a connection ends. */
public enum Ending {
    /** In order, with a FIN: what was written before arrives. */
    FIN,
    /** With a reset: what was written but not yet delivered may be lost. */
    RST
}
