package org.chatpress.render.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Optional;
import org.chatpress.model.ChannelId;
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
}
