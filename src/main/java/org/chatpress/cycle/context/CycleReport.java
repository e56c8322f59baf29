package org.chatpress.cycle.context;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.chatpress.error.RemoteException;
import org.chatpress.model.ChannelId;
import org.chatpress.store.ChannelRepository.PollResult;

/** What a cycle did and what failed. Thread-safe. */
public final class CycleReport {
    private final Instant startedAt;
    private final List<Incident> incidents = new ArrayList<>();
    private final Set<String> succeeded = new TreeSet<>();
    private final List<String> rescans = new ArrayList<>();
    private final Map<ChannelId, PollResult> pollResults = new LinkedHashMap<>();
    private final Set<ChannelId> backlog = new HashSet<>();
    private boolean active;
    private int messagesRead;
    private int messagesReviewed;
    private int publicChanges;
    private int rendered;
    private int uploads;
    private int deletes;
    private int rejectedPhotos;
    private int rejectedClips;
    private boolean workDeferred;

    public CycleReport(Instant startedAt) {
        this.startedAt = startedAt;
    }

    /**
     * A failure that a later cycle retries.
     *
     * @param what the channel or storage
     * @param hint what a person must do; empty if nothing
     */
    public record Incident(String what, String message, String hint, RemoteException.Kind kind) {
        /** The failure in one line that names the channel or storage. */
        public String description() {
            // The messages of storages already contain the storage's name.
            return message.contains(what) ? message : what + ": " + message;
        }

        /** The failure and what to do about it. */
        public String descriptionWithHint() {
            return hint.isEmpty() ? description() : description() + ". " + hint;
        }
    }

    /** The time that every stage of the cycle uses. */
    public Instant startedAt() {
        return startedAt;
    }

    /** True if nothing failed, was rejected or was left for a later cycle. */
    public synchronized boolean isComplete() {
        return incidents.isEmpty() && rejectedPhotos + rejectedClips == 0 && !workDeferred;
    }

    public synchronized List<Incident> incidents() {
        return List.copyOf(incidents);
    }

    /** The channels and storages that were tried and did not fail, named as in the incidents. */
    public synchronized Set<String> succeeded() {
        var all = new TreeSet<>(succeeded);
        incidents.forEach(incident -> all.remove(incident.what()));
        return all;
    }

    /** Messages that are new or changed in Slack. */
    public synchronized int messagesRead() {
        return messagesRead;
    }

    /** Messages whose verdicts were saved. */
    public synchronized int messagesReviewed() {
        return messagesReviewed;
    }

    /** Changes that readers can see. */
    public synchronized int publicChanges() {
        return publicChanges;
    }

    /** Files uploaded to storages. */
    public synchronized int uploads() {
        return uploads;
    }

    /** Files deleted from storages. */
    public synchronized int deletes() {
        return deletes;
    }

    /**
     * One line, such as {@code 2 messages read, 1 chat rendered, 6 files published, 1 failed}; empty if nothing
     * happened.
     */
    public synchronized String summary() {
        List<String> parts = changes();
        addCount(parts, uploads, "file", "published");
        addCount(parts, deletes, "file", "deleted");
        return withFailures(parts);
    }

    /** The line for a dry run, which has uploaded and deleted nothing. */
    public synchronized String dryRunSummary() {
        List<String> parts = changes();
        addCount(parts, uploads, "file", "to publish");
        addCount(parts, deletes, "file", "to delete");
        if (uploads + deletes == 0) {
            parts.add("nothing to publish");
        }
        return withFailures(parts);
    }

    /** True if the cycle did anything; failures alone are no news, because they may repeat in every cycle. */
    public synchronized boolean hasNews() {
        return messagesRead + publicChanges + rendered + uploads + deletes + rejectedPhotos + rejectedClips > 0;
    }

    /** True if a channel is active, so that the next cycle should start soon. */
    public synchronized boolean isActive() {
        return active;
    }

    public synchronized void markActive() {
        active = true;
    }

    /** True if nothing was polled or rescanned. */
    public synchronized boolean didNothing() {
        return pollResults.isEmpty() && rescans.isEmpty();
    }

    /** The result of each channel polled in this cycle. */
    public synchronized Map<ChannelId, PollResult> pollResults() {
        return Map.copyOf(pollResults);
    }

    public synchronized void addPoll(ChannelId channel, PollResult result) {
        pollResults.put(channel, result);
        active |= result == PollResult.NEW_MESSAGES;
    }

    /** The timestamps to record for the rescans of this cycle, by their keys. */
    public synchronized List<String> rescans() {
        return List.copyOf(rescans);
    }

    public synchronized void addRescan(String timestampKey) {
        rescans.add(timestampKey);
    }

    public synchronized void addMessagesRead(int messages) {
        messagesRead += messages;
    }

    public synchronized void addMessagesReviewed(int messages) {
        messagesReviewed += messages;
    }

    public synchronized void addPublicChanges(int changes) {
        publicChanges += changes;
    }

    public synchronized void addRendered() {
        rendered++;
    }

    public synchronized void addPublished(int uploaded, int deleted) {
        uploads += uploaded;
        deletes += deleted;
    }

    /** Adds what a worker did since the last cycle. */
    public synchronized void addAll(CycleReport worker) {
        addPublished(worker.uploads, worker.deletes);
        succeeded.addAll(worker.succeeded());
        incidents.addAll(worker.incidents());
        workDeferred |= worker.workDeferred;
    }

    /** Adds the failures of a run of the background tasks; every cycle until the next run repeats them. */
    public synchronized void addIncidentsOf(CycleReport backgroundTasks) {
        incidents.addAll(backgroundTasks.incidents());
    }

    /** Adds what a run of the background tasks rejected, and what succeeded; only one cycle reports that. */
    public synchronized void addOutcomeOf(CycleReport backgroundTasks) {
        rejectedPhotos += backgroundTasks.rejectedPhotos;
        rejectedClips += backgroundTasks.rejectedClips;
        succeeded.addAll(backgroundTasks.succeeded());
    }

    /**
     * Records that work is left for a later cycle: it failed recently, the rate limit is used up, or Slack does not
     * respond.
     */
    public synchronized void deferWork() {
        workDeferred = true;
    }

    /** Leaves messages of a channel to be reviewed in the next cycle, which should start at once. */
    public synchronized void addBacklog(ChannelId channel) {
        backlog.add(channel);
        workDeferred = true;
    }

    /** The channels with messages that are left to be reviewed. */
    public synchronized Set<ChannelId> backlog() {
        return Set.copyOf(backlog);
    }

    /** Records a photo that will never be published. */
    public synchronized void addRejectedPhoto() {
        rejectedPhotos++;
    }

    /** Records a clip that will never be published. */
    public synchronized void addRejectedClip() {
        rejectedClips++;
    }

    public synchronized void addSuccess(String what) {
        succeeded.add(what);
    }

    /** Records a failure. A request that was not sent is none: the work waits for a later cycle. */
    public synchronized void addFailure(String what, RemoteException failure) {
        if (failure.isNotSent()) {
            deferWork();
            return;
        }
        incidents.add(new Incident(what, failure.getMessage(), failure.hint(), failure.kind()));
    }

    private List<String> changes() {
        var parts = new ArrayList<String>();
        addCount(parts, messagesRead, "message", "read");
        addCount(parts, publicChanges, "public change", "");
        addCount(parts, rendered, "chat", "rendered");
        return parts;
    }

    private String withFailures(List<String> parts) {
        addCount(parts, rejectedPhotos, "photo", "rejected");
        addCount(parts, rejectedClips, "clip", "rejected");
        long failed = incidents.stream().map(Incident::what).distinct().count();
        if (failed > 0) {
            parts.add(failed + " failed");
        }
        if (workDeferred) {
            parts.add("some work left for the next cycle");
        }
        return String.join(", ", parts);
    }

    private static void addCount(List<String> parts, int count, String noun, String done) {
        if (count > 0) {
            parts.add((count + " " + noun + (count == 1 ? " " : "s ") + done).strip());
        }
    }
}
