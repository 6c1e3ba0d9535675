package dev.freshet.testbed.wire;

/** Hears how the sending of one answer goes. Called by the thread that sends. */
public interface Progress {

    /** Hears nothing. */
    Progress UNHEARD = new Progress() {

        @Override
        public void started(int status) {}

        @Override
        public void sent(long bytes) {}

        @Override
        public void ended(boolean complete) {}
    };

    /** The head is about to be sent. */
    void started(int status);

    /** So many bytes more of the body were handed to the socket. */
    void sent(long bytes);

    /** Nothing more is sent; complete if the whole answer was. Called exactly once, also without a start. */
    void ended(boolean complete);
}
