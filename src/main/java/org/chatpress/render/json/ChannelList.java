package org.chatpress.render.json;

import java.time.Instant;
import java.util.List;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.StoredObject;

/** Renders {@code channels.json}: every channel that readers may find. */
public final class ChannelList {
    public static final ObjectKey KEY = new ObjectKey("channels.json");

    private ChannelList() {}

    /** A line of it. */
    public record Entry(ChatMetadata face, int count, Instant updated) {}

    public static RenderedFile render(List<Entry> entries) {
        byte[] bytes = JsonWriter.bytes(json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("channels");
            for (Entry entry : entries) {
                json.writeStartObject();
                json.writeStringField("slug", entry.face().slug().value());
                json.writeStringField("headline", entry.face().headline());
                json.writeBooleanField("live", entry.face().live());
                json.writeNumberField("count", entry.count());
                json.writeStringField("updated", MessageJson.time(entry.updated()));
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        });
        var blob = new StoredObject(KEY, bytes, FileRole.CHANNELS.contentType(), FileRole.CHANNELS.cacheControl());
        return new RenderedFile(FileRole.CHANNELS, blob, List.of());
    }
}
