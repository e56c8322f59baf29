package org.chatpress.poll;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.slack.SocketModeClient;

/**
 * What the doorbell rang for since the last cycle. Nothing is lost with it but time: whatever rings is read by turns
 * too.
 */
public final class EventQueue implements SocketModeClient.SocketEventListener {
    private final Map<ChannelId, Set<MessageTs>> rung = new LinkedHashMap<>();
    private boolean isConnected;
    private Runnable wake = () -> {};

    /** At each ring this is run: a cycle should come at once. */
    public synchronized void onEvent(Runnable cycles) {
        wake = cycles;
    }

    @Override
    public void onEvent(ChannelId channel, MessageTs ts) {
        Runnable awake;
        synchronized (this) {
            rung.computeIfAbsent(channel, id -> new TreeSet<>()).add(ts);
            awake = wake;
        }
        awake.run();
    }

    @Override
    public synchronized void onConnectionChange(boolean connected) {
        isConnected = connected;
    }

    /** True while channels need not be read often to see soon what happens in them. */
    synchronized boolean isConnected() {
        return isConnected;
    }

    /** What rang since this was last asked. */
    synchronized Map<ChannelId, Set<MessageTs>> drain() {
        var all = Map.copyOf(rung);
        rung.clear();
        return all;
    }
}
