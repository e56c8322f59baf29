package org.chatpress.publish;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.publish.plan.OwnershipState;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage;
import org.chatpress.storage.Storage.StoredObject;

/**
 * What the storages' files say about the closing of a chat.
 *
 * @param storages the storages that were read
 * @param isComplete whether those are all storages of the settings
 */
public record PublishedClosings(List<PublishedClosing> storages, boolean isComplete) {
    public PublishedClosings {
        storages = List.copyOf(storages);
    }

    /** When the chat was closed; the latest time, because a storage that was down for long may show an older one. */
    public Optional<Instant> closedAt() {
        return storages.stream().flatMap(storage -> storage.closedAt().stream()).max(Comparator.naturalOrder());
    }

    /** The newest message that readers see. */
    public Optional<MessageTs> newestMessage() {
        return storages.stream()
                .flatMap(storage -> storage.newestMessage().stream())
                .max(Comparator.naturalOrder());
    }

    /** True if the files show that the database is current. */
    public boolean confirmDatabase() {
        return !contradictDatabase()
                && (isComplete
                        || storages.stream()
                                .anyMatch(storage ->
                                        storage.ownership() == OwnershipState.OWNED && storage.hasPointer()));
    }

    /** True if the files are newer than the database, or if it may have been lost together with them. */
    public boolean contradictDatabase() {
        boolean areNewer = storages.stream()
                .anyMatch(storage ->
                        storage.ownership() == OwnershipState.FOREIGN || storage.ownership() == OwnershipState.LOST);
        boolean areMissing = isComplete
                && storages.stream()
                        .noneMatch(storage -> storage.ownership() == OwnershipState.OWNED && storage.hasPointer())
                && storages.stream().anyMatch(storage -> storage.ownership() == OwnershipState.STALE);
        return areNewer || areMissing;
    }

    /**
     * What one storage's files say about the closing of a chat.
     *
     * @param ownership whose files they are
     * @param hasPointer false: the chat was never published there
     * @param closedAt when the chat was closed; empty if the pointer does not say
     * @param newestMessage the newest message that readers see there; empty: none, or {@code closedAt} makes it needless
     */
    public record PublishedClosing(
            OwnershipState ownership,
            boolean hasPointer,
            Optional<Instant> closedAt,
            Optional<MessageTs> newestMessage) {
        private static final ObjectMapper JSON = new ObjectMapper();

        /**
         * Reads what is published of a channel.
         *
         * @param folder the chat's folder on the storage
         */
        static PublishedClosing of(
                Optional<StoredObject> pointer,
                ChannelId channel,
                OwnershipState ownership,
                Storage storage,
                String folder) {
            JsonNode json = json(pointer);
            if (!json.at("/channel/id").asText().equals(channel.value())) {
                return new PublishedClosing(ownership, pointer.isPresent(), Optional.empty(), Optional.empty());
            }
            Optional<Instant> closedAt =
                    time(json.path("channel").path("closed_at").asText());
            boolean isNewestNeeded = closedAt.isEmpty() && ownership != OwnershipState.OWNED;
            return new PublishedClosing(
                    ownership,
                    true,
                    closedAt,
                    isNewestNeeded ? newestMessage(json, storage, folder) : Optional.empty());
        }

        private static Optional<MessageTs> newestMessage(JsonNode pointer, Storage storage, String folder) {
            JsonNode index = read(storage, folder + "/" + pointer.path("index").asText());
            String lastPage = index.at("/pages/" + (index.path("pages").size() - 1) + "/0")
                    .asText();
            Stream<JsonNode> inPage = lastPage.isEmpty()
                    ? Stream.of()
                    : elements(
                            read(storage, folder + "/i/" + lastPage + ".json").path("messages"));
            Stream<JsonNode> inOps = elements(pointer.path("ops")).map(op -> op.path("m"));
            return Stream.concat(inPage, inOps)
                    .flatMap(message -> Stream.concat(Stream.of(message), elements(message.path("replies"))))
                    .map(message -> message.path("ts").asText())
                    .filter(MessageTs::isValid)
                    .map(MessageTs::new)
                    .max(Comparator.naturalOrder());
        }

        private static JsonNode read(Storage storage, String key) {
            return ObjectKey.isValid(key) ? json(storage.read(new ObjectKey(key))) : json(Optional.empty());
        }

        private static JsonNode json(Optional<StoredObject> file) {
            try {
                return JSON.readTree(file.map(StoredObject::bytes).orElse(new byte[0]));
            } catch (IOException e) {
                return JSON.missingNode();
            }
        }

        private static Stream<JsonNode> elements(JsonNode array) {
            return Stream.iterate(0, i -> i < array.size(), i -> i + 1).map(array::path);
        }

        private static Optional<Instant> time(String text) {
            try {
                return Optional.of(Instant.parse(text));
            } catch (DateTimeParseException e) {
                return Optional.empty();
            }
        }
    }
}
