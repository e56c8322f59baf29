package org.chatpress.slack;

/** A connection to one workspace, closed by the command that opened it. Other classes take only the part that they use. */
public interface SlackClient extends SlackReader, SlackWriter, SlackFiles, AutoCloseable {
    /**
     * Cuts the calls in progress. They, and all calls from now on, throw {@link
     * java.util.concurrent.CancellationException}; what Slack did of them is not known.
     */
    default void cancelCalls() {}

    /** Closes connections and threads. */
    @Override
    void close();
}
