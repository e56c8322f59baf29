package org.chatpress.publish.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.StoredObject;

/**
 * Another Chatpress that publishes where this one did, as it is seen from here: no other machine's clock has a say. As
 * long as it keeps up with what this one knows, the site is its own.
 *
 * @param pointer where it was noticed
 * @param since when it was noticed
 * @param lookedAt when its list of channels was last looked at
 * @param shown a digest of that list
 * @param movedAt when the list was first seen as it is
 * @param changes how many changes of our own chats there were at the last look
 * @param changedAt when that number was first seen as it is
 * @param behindSince since when the list has lacked something of ours, and stood still; empty if it doesn't
 */
public record ConflictingInstance(
        ObjectKey pointer,
        Instant since,
        Instant lookedAt,
        String shown,
        Instant movedAt,
        long changes,
        Instant changedAt,
        Optional<Instant> behindSince) {
    private static final Duration PAUSE = Duration.ofSeconds(10);
    /** Both read Slack at their own times; so much later even a slow one shows a change. */
    private static final Duration SLOWNESS = Duration.ofSeconds(30);

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int MOST_DOUBLINGS = 6;
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * What is seen at one look.
     *
     * @param shown a digest of the list of channels that is there
     * @param lacks true if it has one of our chats with another number of messages, or not at all
     * @param changes how many changes of our own chats there were so far
     */
    public record Observation(String shown, boolean lacks, long changes) {
        /**
         * @param list the list of channels that is there
         * @param counts our own chats' numbers of messages, by slug
         */
        public static Observation at(Optional<StoredObject> list, Map<String, Integer> counts, long changes) {
            return new Observation(
                    list.map(StoredObject::digest).orElse("nothing"), !counts.equals(shared(list, counts)), changes);
        }

        /** Of our chats those that are there, with the numbers that are there. */
        private static Map<String, Integer> shared(Optional<StoredObject> list, Map<String, Integer> counts) {
            var shared = new HashMap<String, Integer>();
            try {
                for (JsonNode entry : JSON.readTree(
                                list.map(StoredObject::bytes).orElse(new byte[0]))
                        .path("channels")) {
                    if (counts.containsKey(entry.path("slug").asText())) {
                        shared.put(
                                entry.path("slug").asText(), entry.path("count").asInt());
                    }
                }
            } catch (IOException e) {
                shared.clear();
            }
            return shared;
        }
    }

    /** It has just put a pointer over ours, so it lives. */
    public static ConflictingInstance noticed(ObjectKey pointer, long changes, Instant now) {
        return new ConflictingInstance(pointer, now, now, "", now, changes, now, Optional.empty());
    }

    public boolean isDue(Instant now) {
        return !lookedAt.plus(PAUSE).isAfter(now);
    }

    /** What is known of it after another look. */
    public ConflictingInstance after(Observation look, Instant now) {
        boolean moved = !look.shown().equals(shown);
        Instant lastMoved = moved ? now : movedAt;
        Instant lastChanged = look.changes() == changes ? changedAt : now;
        boolean behind = look.lacks() || lastChanged.isAfter(lastMoved.plus(SLOWNESS));
        Optional<Instant> behindSinceThen =
                behind ? Optional.of(moved ? now : behindSince.orElse(now)) : Optional.empty();
        return new ConflictingInstance(
                pointer, since, now, look.shown(), lastMoved, look.changes(), lastChanged, behindSinceThen);
    }

    /** What is known of it after a look that was in vain: a storage that is down for both says nothing of either. */
    public ConflictingInstance unseen(Instant now) {
        return new ConflictingInstance(pointer, since, now, shown, movedAt, changes, changedAt, Optional.empty());
    }

    /**
     * True if it stood still for so long, although it lacked something of ours all the time, that this one takes over.
     *
     * @param takeovers how often this process did so already: two that never show the same take turns more and more seldom
     */
    public boolean isDead(Instant now, int takeovers) {
        Duration patience = PATIENCE.multipliedBy(1L << Math.min(takeovers, MOST_DOUBLINGS));
        return behindSince.filter(then -> !then.plus(patience).isAfter(now)).isPresent();
    }
}
