package org.chatpress.media.model;

import java.time.Duration;
import java.util.Optional;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.slack.SlackClip;
import org.chatpress.storage.ObjectKey;

/**
 * A clip of a message, as stored. It is REQUESTED until it is converted, PROCESSED until the storages have it, and never
 * UPLOADED: no CMS publishes clips.
 *
 * @param file the file in Slack, as it was when the message was approved
 * @param attempt 1 for the first attempt to publish the clip, and one more for each restart
 * @param active false once the message no longer shows the clip
 * @param rendition the converted clip; empty until the clip is PROCESSED
 */
public record ClipRecord(
        ChannelId channel,
        MessageTs ts,
        SlackClip file,
        int attempt,
        boolean active,
        PhotoState state,
        Optional<Rendition> rendition) {
    /**
     * The clip that readers get.
     *
     * @param key the clip's file beside the chat
     * @param poster the key of its poster; empty for sound
     * @param width in pixels; 0 for sound
     * @param height in pixels; 0 for sound
     */
    public record Rendition(
            ObjectKey key, Optional<ObjectKey> poster, long bytes, int width, int height, Duration length) {}

    public PhotoState.Stage stage() {
        return state.stage();
    }

    public ClipRecord withState(PhotoState newState) {
        return new ClipRecord(channel, ts, file, attempt, active, newState, rendition);
    }

    public ClipRecord withRendition(Rendition newRendition) {
        return new ClipRecord(channel, ts, file, attempt, active, state, Optional.of(newRendition));
    }
}
