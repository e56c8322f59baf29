package org.chatpress.render.json;

import java.time.Instant;
import java.util.List;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage.StoredObject;

/** Renders {@code channels.json}, the list of listed channels. */
public final class ChannelList {
    public static final ObjectKey KEY = new ObjectKey("channels.json");

    private ChannelList() {}

    /** One channel of the list. */
    public record Entry(ChatMetadata metadata, int count, Instant updated) {}

    public static RenderedFile render(List<Entry> entries) {
        byte[] bytes = JsonWriter.bytes(json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("channels");
            for (Entry entry : entries) {
                json.writeStartObject();
                json.writeStringField("slug", entry.metadata().slug().value());
                json.writeStringField("headline", entry.metadata().headline());
                json.writeBooleanField("live", entry.metadata().live());
                ChatRenderer.closedAt(json, entry.metadata());
                json.writeNumberField("count", entry.count());
                json.writeStringField("updated", MessageJson.time(entry.updated()));
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        });
        var object = new StoredObject(KEY, bytes, FileRole.CHANNELS.contentType(), FileRole.CHANNELS.cacheControl());
        return new RenderedFile(FileRole.CHANNELS, object, List.of());
    }
}
