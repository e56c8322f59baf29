package org.chatpress.slack;

/** A connection to one workspace, closed by the command that opened it. Other classes take only the part that they use. */
public interface SlackClient extends SlackReader, SlackWriter, SlackFiles, AutoCloseable {
    /** Closes connections and threads. */
    @Override
    void close();
}
