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
    private final List<Incident> incidents = new ArrayList<>();
    private final Set<String> good = new TreeSet<>();
    private final List<String> rescans = new ArrayList<>();
    private final Map<ChannelId, PollResult> pollResults = new LinkedHashMap<>();
    private boolean active;
    private int messagesRead;
    private int publicChanges;
    private int rendered;
    private int uploads;
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
    public synchronized boolean isComplete() {
        return incidents.isEmpty() && refused == 0 && !leftWork;
    }

    public synchronized List<Incident> incidents() {
        return List.copyOf(incidents);
    }

    /** What had its turn in this cycle, and no trouble: channels and storages by the names that troubles give them. */
    public synchronized Set<String> succeeded() {
        var all = new TreeSet<>(good);
        incidents.forEach(incident -> all.remove(incident.what()));
        return all;
    }

    /** Messages that were new or changed in Slack. */
    public synchronized int messagesRead() {
        return messagesRead;
    }

    /** Changes that readers can see. */
    public synchronized int publicChanges() {
        return publicChanges;
    }

    /** Files put on storages. */
    public synchronized int uploads() {
        return uploads;
    }

    /** Files removed from storages. */
    public synchronized int deletes() {
        return deletes;
    }

    /** A line for the log; empty for a cycle in which nothing happened. */
    public synchronized String summary() {
        var parts = new ArrayList<String>();
        add(parts, messagesRead, "read");
        add(parts, publicChanges, "changed");
        add(parts, rendered, "rendered");
        add(parts, uploads, "published");
        add(parts, deletes, "removed");
        add(parts, refused, "refused");
        add(parts, incidents.size(), "in trouble");
        if (leftWork) {
            parts.add("more is left for the next cycle");
        }
        return String.join(", ", parts);
    }

    /** True if the line says more than which troubles go on. */
    public synchronized boolean hasNews() {
        return messagesRead + publicChanges + rendered + uploads + deletes + refused > 0;
    }

    /** People are talking: the next cycle should come soon. */
    public synchronized boolean isActive() {
        return active;
    }

    public synchronized void markActive() {
        active = true;
    }

    /** Nothing was read in this cycle. */
    public synchronized boolean didNothing() {
        return pollResults.isEmpty() && rescans.isEmpty();
    }

    /** The channels that had their turn, and what came of it. */
    public synchronized Map<ChannelId, PollResult> pollResults() {
        return Map.copyOf(pollResults);
    }

    public synchronized void addPoll(ChannelId channel, PollResult result) {
        pollResults.put(channel, result);
        active |= result == PollResult.NEW_MESSAGES;
    }

    /** What was done for the heartbeat: the sweep of a channel. */
    public synchronized List<String> rescans() {
        return List.copyOf(rescans);
    }

    public synchronized void addRescan(String what) {
        rescans.add(what);
    }

    public synchronized void addMessagesRead(int messages) {
        messagesRead += messages;
    }

    public synchronized void addPublicChanges(int changes) {
        publicChanges += changes;
    }

    public synchronized void addRendered() {
        rendered++;
    }

    public synchronized void addPublished(int put, int deleted) {
        uploads += put;
        deletes += deleted;
    }

    /** What work beside the cycle could not do. */
    public synchronized void addIncidentsOf(CycleReport other) {
        incidents.addAll(other.incidents());
    }

    /** Likewise, what is told once: what it refused for good, and what went well. */
    public synchronized void addOutcome(CycleReport other) {
        refused += other.refused;
        good.addAll(other.succeeded());
    }

    /** Something is left for a later cycle, because it failed lately or no call of Slack is left for it. */
    public synchronized void deferWork() {
        leftWork = true;
    }

    /** Something will never be done. */
    public synchronized void addRejected() {
        refused++;
    }

    /** This did what was asked of it. */
    public synchronized void addSuccess(String what) {
        good.add(what);
    }

    /** That no call is left is no trouble: it is work for the next minute. */
    public synchronized void addFailure(String what, RemoteException failure) {
        if (failure.isRateLimited()) {
            deferWork();
            return;
        }
        incidents.add(new Incident(what, failure.getMessage(), failure.hint(), failure.kind()));
    }

    private static void add(List<String> parts, int number, String word) {
        if (number > 0) {
            parts.add(number + " " + word);
        }
    }
}
