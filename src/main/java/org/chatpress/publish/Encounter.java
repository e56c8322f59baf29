package org.chatpress.publish;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Optional;
import org.chatpress.storage.Blob;

/** What is found on a storage before this process publishes a channel there for the first time. */
public enum Encounter {
    /** Nothing, and nothing was expected; or the pointer that we put there. */
    OURS,
    /** Not what we put there: everything has to be put again. */
    CHANGED,
    /** Somebody else's, or ours from a future that this database doesn't know: readers must start afresh. */
    FOREIGN;

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * Compares the pointer that is there with what the store knows.
     *
     * @param pointer the pointer on the storage; empty if there is none
     * @param epoch our epoch
     * @param seq the seq of the pointer that we rendered last
     * @param delivered whether the store is sure that exactly this pointer is there
     */
    public static Encounter of(Optional<Blob> pointer, String epoch, long seq, boolean delivered) {
        if (pointer.isEmpty()) {
            return delivered ? CHANGED : OURS;
        }
        try {
            JsonNode there = JSON.readTree(pointer.get().bytes());
            boolean ahead = there.path("seq").asLong() > seq;
            if (!there.path("epoch").asText().equals(epoch) || ahead) {
                return FOREIGN;
            }
            return delivered && there.path("seq").asLong() < seq ? CHANGED : OURS;
        } catch (IOException e) {
            return FOREIGN;
        }
    }
}
