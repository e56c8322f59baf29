package org.chatpress.model.slack;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import org.chatpress.model.PublicMessage.PublicMedia.Kind;

/**
 * A file of video or sound among a message's files, as Slack describes it. The file name is not used: it may be anything.
 *
 * @param id Slack's id of the file
 * @param kind what Slack shows it as
 * @param size in bytes; 0: unknown
 * @param url of the original in Slack
 * @param width of the upright picture; 0: unknown
 * @param height of the upright picture; 0: unknown
 * @param alt the alternative text; may be empty
 */
public record SlackClip(String id, Kind kind, long size, String url, int width, int height, String alt) {
    /** Reads a file object; empty if it is neither video nor sound, or if Slack does not store the file. */
    public static Optional<SlackClip> of(JsonNode file) {
        String type = file.path("mimetype").asText("");
        boolean isClip = type.startsWith("video/") || type.startsWith("audio/");
        String url = SlackImageFile.firstText(file, "url_private_download", "url_private");
        if (!isClip || url.isEmpty() || !SlackImageFile.isStored(file)) {
            return Optional.empty();
        }
        // Slack records sound as a video file without a picture
        boolean isSound =
                type.startsWith("audio/") || file.path("subtype").asText("").equals("slack_audio");
        return Optional.of(new SlackClip(
                file.path("id").asText(),
                isSound ? Kind.AUDIO : Kind.VIDEO,
                file.path("size").asLong(0),
                url,
                Math.max(0, file.path("thumb_video_w").asInt(0)),
                Math.max(0, file.path("thumb_video_h").asInt(0)),
                file.path("alt_txt").asText("")));
    }
}
