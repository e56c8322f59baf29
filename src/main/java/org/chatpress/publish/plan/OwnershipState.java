package org.chatpress.publish.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Optional;
import org.chatpress.storage.Storage.StoredObject;

/** How a channel's pointer on a storage relates to this database, before a process first publishes the channel there. */
public enum OwnershipState {
    /** The pointer is as this database left it, or there is none and it never uploaded one. */
    OWNED,
    /** The chat is this database's but incomplete, or the database does not know what it uploaded: upload every file again. */
    STALE,
    /** Another database published the chat, or this one before it was lost or restored: readers must load it again. */
    FOREIGN,
    /** Another instance replaced the pointer of this database, or this database is an old copy of the other one's. */
    LOST;

    /** What the database knows of a pointer on a storage. */
    public enum PublishRecord {
        /** None was uploaded. */
        NEVER,
        /** An upload started and none is known to have succeeded, or all that was known was discarded. */
        UNCONFIRMED,
        /** A version was uploaded, maybe an older one. */
        SOME_VERSION,
        /** A version was uploaded, and the storage has another one. */
        DIFFERENT,
        /** The rendered version was uploaded. */
        CURRENT
    }

    private static final ObjectMapper JSON = new ObjectMapper();

    /** The epoch of a pointer; empty if it is not a pointer. */
    public static Optional<String> epoch(StoredObject pointer) {
        try {
            return Optional.of(JSON.readTree(pointer.bytes()).path("epoch").asText());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * Compares the pointer on a storage with what the database knows.
     *
     * @param pointer the pointer that the storage has; empty if it has none
     * @param epoch the channel's epoch in the database
     * @param seq the highest seq of a pointer that was rendered in this epoch
     * @param record what the database knows of the pointer
     */
    public static OwnershipState of(Optional<StoredObject> pointer, String epoch, long seq, PublishRecord record) {
        if (pointer.isEmpty()) {
            return record == PublishRecord.NEVER ? OWNED : STALE;
        }
        try {
            JsonNode found = JSON.readTree(pointer.get().bytes());
            String foundEpoch = found.path("epoch").asText();
            if (!foundEpoch.equals(epoch)) {
                boolean published = record.compareTo(PublishRecord.SOME_VERSION) >= 0;
                return published && !foundEpoch.isEmpty() ? LOST : FOREIGN;
            }
            // The database was restored: it published this pointer after the backup. The pointer may even be older than
            // what the database has rendered since.
            if (found.path("seq").asLong() > seq || record == PublishRecord.DIFFERENT) {
                return FOREIGN;
            }
            boolean behind =
                    record == PublishRecord.CURRENT && found.path("seq").asLong() < seq;
            return behind || record == PublishRecord.NEVER ? STALE : OWNED;
        } catch (IOException e) {
            return FOREIGN;
        }
    }
}
