package org.chatpress.poll;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.slack.SocketModeClient;

/**
 * The messages that socket events have named since the last cycle. Thread-safe. Only in memory: a lost event only delays
 * an update, because polling finds it too.
 */
public final class EventQueue implements SocketModeClient.SocketEventListener {
    private final Map<ChannelId, Set<MessageTs>> received = new LinkedHashMap<>();
    private boolean isConnected;
    private Runnable listener = () -> {};

    /** Sets what is run at each event, on the thread of the socket: it should start a cycle. */
    public synchronized void onArrival(Runnable startCycle) {
        listener = startCycle;
    }

    @Override
    public void onEvent(ChannelId channel, MessageTs ts) {
        Runnable startCycle;
        synchronized (this) {
            received.computeIfAbsent(channel, id -> new TreeSet<>()).add(ts);
            startCycle = listener;
        }
        startCycle.run();
    }

    @Override
    public synchronized void onConnectionChange(boolean connected) {
        isConnected = connected;
    }

    /** True while Slack sends events, so that channels can be polled less often. */
    synchronized boolean isConnected() {
        return isConnected;
    }

    /** Removes and returns the messages named since the last call. */
    synchronized Map<ChannelId, Set<MessageTs>> drain() {
        var all = Map.copyOf(received);
        received.clear();
        return all;
    }
}
