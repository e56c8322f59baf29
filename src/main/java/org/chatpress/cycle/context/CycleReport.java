package org.chatpress.cycle.context;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.chatpress.error.RemoteException;
import org.chatpress.model.ChannelId;
import org.chatpress.store.ChannelRepository.PollResult;

/** What a cycle did, and what it could not do. Threads may write to it. */
public final class CycleReport {
    private final Instant startedAt;
    private final List<Incident> troubles = new ArrayList<>();
    private final Set<String> good = new TreeSet<>();
    private final List<String> beats = new ArrayList<>();
    private final Map<ChannelId, PollResult> turns = new LinkedHashMap<>();
    private boolean talking;
    private int read;
    private int changed;
    private int rendered;
    private int puts;
    private int deletes;
    private int refused;
    private boolean leftWork;

    public CycleReport(Instant startedAt) {
        this.startedAt = startedAt;
    }

    /**
     * Something that did not work and will be tried again.
     *
     * @param what the channel or storage
     * @param hint what a person is to do; empty where nobody need act
     */
    public record Incident(String what, String message, String hint, RemoteException.Kind kind) {}

    /** The cycle's one moment. */
    public Instant startedAt() {
        return startedAt;
    }

    /** The cycle could do all there was to do. */
    public synchronized boolean isGood() {
        return troubles.isEmpty() && refused == 0 && !leftWork;
    }

    public synchronized List<Incident> troubles() {
        return List.copyOf(troubles);
    }

    /** What had its turn in this cycle, and no trouble: channels and storages by the names that troubles give them. */
    public synchronized Set<String> good() {
        var all = new TreeSet<>(good);
        troubles.forEach(trouble -> all.remove(trouble.what()));
        return all;
    }

    /** Messages that were new or changed in Slack. */
    public synchronized int read() {
        return read;
    }

    /** Changes that readers can see. */
    public synchronized int changed() {
        return changed;
    }

    /** Files put on storages. */
    public synchronized int puts() {
        return puts;
    }

    /** Files removed from storages. */
    public synchronized int deletes() {
        return deletes;
    }

    /** A line for the log; empty for a cycle in which nothing happened. */
    public synchronized String line() {
        var parts = new ArrayList<String>();
        add(parts, read, "read");
        add(parts, changed, "changed");
        add(parts, rendered, "rendered");
        add(parts, puts, "published");
        add(parts, deletes, "removed");
        add(parts, refused, "refused");
        add(parts, troubles.size(), "in trouble");
        if (leftWork) {
            parts.add("more is left for the next cycle");
        }
        return String.join(", ", parts);
    }

    /** True if the line says more than which troubles go on. */
    public synchronized boolean hasNews() {
        return read + changed + rendered + puts + deletes + refused > 0;
    }

    /** People are talking: the next cycle should come soon. */
    public synchronized boolean isTalking() {
        return talking;
    }

    public synchronized void talking() {
        talking = true;
    }

    /** Nothing was read in this cycle. */
    public synchronized boolean didNothing() {
        return turns.isEmpty() && beats.isEmpty();
    }

    /** The channels that had their turn, and what came of it. */
    public synchronized Map<ChannelId, PollResult> turns() {
        return Map.copyOf(turns);
    }

    public synchronized void turn(ChannelId channel, PollResult outcome) {
        turns.put(channel, outcome);
        talking |= outcome == PollResult.NEWS;
    }

    /** What was done for the heartbeat: the sweep of a channel. */
    public synchronized List<String> beats() {
        return List.copyOf(beats);
    }

    public synchronized void beat(String what) {
        beats.add(what);
    }

    public synchronized void addRead(int messages) {
        read += messages;
    }

    public synchronized void addChanged(int changes) {
        changed += changes;
    }

    public synchronized void addRendered() {
        rendered++;
    }

    public synchronized void addDelivered(int put, int deleted) {
        puts += put;
        deletes += deleted;
    }

    /** What work beside the cycle could not do. */
    public synchronized void add(CycleReport other) {
        troubles.addAll(other.troubles());
    }

    /** Likewise, what is told once: what it refused for good, and what went well. */
    public synchronized void addOutcome(CycleReport other) {
        refused += other.refused;
        good.addAll(other.good());
    }

    /** Something is left for a later cycle, because it failed lately or no call of Slack is left for it. */
    public synchronized void leaveWork() {
        leftWork = true;
    }

    /** Something will never be done. */
    public synchronized void refuse() {
        refused++;
    }

    /** This did what was asked of it. */
    public synchronized void good(String what) {
        good.add(what);
    }

    /** That no call is left is no trouble: it is work for the next minute. */
    public synchronized void add(String what, RemoteException failure) {
        if (failure.isOutOfCalls()) {
            leaveWork();
            return;
        }
        troubles.add(new Incident(what, failure.getMessage(), failure.hint(), failure.kind()));
    }

    private static void add(List<String> parts, int number, String word) {
        if (number > 0) {
            parts.add(number + " " + word);
        }
    }
}
