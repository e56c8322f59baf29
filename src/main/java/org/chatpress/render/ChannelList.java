package org.chatpress.render;

import java.time.Instant;
import java.util.List;
import org.chatpress.storage.Blob;
import org.chatpress.storage.Key;

/** Renders {@code channels.json}: every channel that readers may find. */
public final class ChannelList {
    public static final Key KEY = new Key("channels.json");

    private ChannelList() {}

    /** A line of it. */
    public record Entry(Face face, int count, Instant updated) {}

    public static Sheet render(List<Entry> entries) {
        byte[] bytes = Json.bytes(json -> {
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
        var blob = new Blob(KEY, bytes, Role.CHANNELS.contentType(), Role.CHANNELS.cacheControl());
        return new Sheet(Role.CHANNELS, blob, List.of());
    }
}
