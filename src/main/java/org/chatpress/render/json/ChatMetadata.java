package org.chatpress.render.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Optional;
import org.chatpress.model.ChannelId;
import org.chatpress.model.Json;
import org.chatpress.model.Slug;

/**
 * What readers see of a channel besides its messages.
 *
 * @param file the name of the whole chat's file, such as {@code election-night.json}
 * @param jsonp whether the whole chat is also published as a JSONP script
 * @param description sanitized HTML
 * @param liveContent sanitized HTML
 * @param live false if the chat is closed or no longer in the settings
 * @param closedAt when the chat was closed, in whole seconds; empty: it is not closed, or the time is not known
 * @param timeZone an IANA name
 * @param extras JSON from the settings, published unchanged; may be empty
 */
public record ChatMetadata(
        ChannelId id,
        Slug slug,
        String file,
        boolean jsonp,
        String headline,
        String description,
        String liveContent,
        boolean live,
        Optional<Instant> closedAt,
        String timeZone,
        JsonNode extras,
        PublishingInfo publishing) {

    /** The name of the whole chat's JSONP script, such as {@code election-night.jsonp}. */
    public String jsonpFile() {
        return (file.endsWith(".json") ? file.substring(0, file.length() - 5) : file) + ".jsonp";
    }

    /** The metadata of a chat that is over. */
    public ChatMetadata asEnded(Optional<Instant> closing) {
        return withState(false, closing);
    }

    public ChatMetadata asLive() {
        return withState(true, Optional.empty());
    }

    private ChatMetadata withState(boolean isLive, Optional<Instant> closing) {
        return new ChatMetadata(
                id,
                slug,
                file,
                jsonp,
                headline,
                description,
                liveContent,
                isLive,
                closing,
                timeZone,
                extras,
                publishing);
    }

    /** For the store. */
    public String json() {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("id", id.value());
        node.put("slug", slug.value());
        node.put("file", file);
        node.put("jsonp", jsonp);
        node.put("headline", headline);
        node.put("description", description);
        node.put("live_content", liveContent);
        node.put("live", live);
        closedAt.ifPresent(time -> node.put("closed_at", time.toString()));
        node.put("time_zone", timeZone);
        node.set("extras", extras);
        if (!publishing.equals(PublishingInfo.NONE)) {
            node.set("imprint", publishing.json());
        }
        return Json.of(node);
    }

    /** Reads what {@link #json()} wrote. */
    public static ChatMetadata of(String json) {
        JsonNode node = Json.parse(json);
        return new ChatMetadata(
                new ChannelId(node.path("id").asText()),
                new Slug(node.path("slug").asText()),
                node.path("file").asText(),
                node.path("jsonp").asBoolean(),
                node.path("headline").asText(),
                node.path("description").asText(),
                node.path("live_content").asText(),
                node.path("live").asBoolean(),
                Optional.ofNullable(node.path("closed_at").textValue()).map(Instant::parse),
                node.path("time_zone").asText(),
                node.path("extras"),
                PublishingInfo.of(node.path("imprint")));
    }
}
