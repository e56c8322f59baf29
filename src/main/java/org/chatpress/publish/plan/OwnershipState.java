package org.chatpress.publish.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Optional;
import org.chatpress.storage.StoredObject;

/** What is found on a storage before this process publishes a channel there for the first time. */
public enum OwnershipState {
    /** Nothing, and nothing was expected; or the pointer that we put there. */
    OWNED,
    /** Our chat, but not as we left it, or we don't know that we were here: everything has to be put again. */
    STALE,
    /** Somebody else's, or ours from a future that this database doesn't know: readers must start afresh. */
    FOREIGN,
    /** Another Chatpress's, where this database had published: it took the site over, or this database is an old copy. */
    LOST;

    /** What the store knows of a storage's pointer. */
    public enum PublishRecord {
        /** It never put one there. */
        NEVER,
        /** It meant to put one, and knows of none that arrived since it last began there afresh. */
        UNCONFIRMED,
        /** It put one, perhaps an older one. */
        SOME_VERSION,
        /** It put one, and that is not the one that is there. */
        DIFFERENT,
        /** Exactly the wanted one is there. */
        CURRENT
    }

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * Compares the pointer that is there with what the store knows.
     *
     * @param pointer the pointer on the storage; empty if there is none
     * @param epoch our epoch
     * @param seq the seq of the newest pointer that we rendered under this epoch
     * @param record what the store knows of the pointer there
     */
    public static OwnershipState of(Optional<StoredObject> pointer, String epoch, long seq, PublishRecord record) {
        if (pointer.isEmpty()) {
            return record == PublishRecord.NEVER ? OWNED : STALE;
        }
        try {
            JsonNode there = JSON.readTree(pointer.get().bytes());
            String itsEpoch = there.path("epoch").asText();
            if (!itsEpoch.equals(epoch)) {
                boolean published = record.compareTo(PublishRecord.SOME_VERSION) >= 0;
                return published && !itsEpoch.isEmpty() ? LOST : FOREIGN;
            }
            // Under our epoch, but not ours: from a future that this database forgot, and has outgrown since.
            if (there.path("seq").asLong() > seq || record == PublishRecord.DIFFERENT) {
                return FOREIGN;
            }
            boolean behind =
                    record == PublishRecord.CURRENT && there.path("seq").asLong() < seq;
            return behind || record == PublishRecord.NEVER ? STALE : OWNED;
        } catch (IOException e) {
            return FOREIGN;
        }
    }
}
