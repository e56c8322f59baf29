package org.chatpress.media.model;

import java.util.Optional;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.slack.SlackImageFile;
import org.chatpress.storage.ObjectKey;

/**
 * A photo of a message, as the store knows it.
 *
 * @param image the file in Slack, as it was approved
 * @param attempt 1, and one more each time the photo starts again
 * @param id the photo's own: its IPTC ProductID, and its name in the drop
 * @param active false once the message no longer shows it
 * @param width as readers get it; 0 before it is PROCESSED
 * @param height likewise
 * @param extension its file's, as its format says; empty before it is PROCESSED
 * @param url where readers find it in the CMS; empty before it is LIVE there
 * @param key its file beside the chat; empty before it is LIVE there
 * @param uploaded true if it is in the drop, or may be
 */
public record PhotoRecord(
        ChannelId channel,
        MessageTs ts,
        SlackImageFile image,
        int attempt,
        String id,
        boolean active,
        PhotoState state,
        int width,
        int height,
        String extension,
        String url,
        Optional<ObjectKey> key,
        boolean uploaded) {
    public PhotoState.Stage stage() {
        return state.stage();
    }

    /** False while it may turn out that the file is no image at all. */
    public boolean isKnownImage() {
        return !image.isStub() || width > 0;
    }

    /** The same photo, further on its way. */
    public PhotoRecord withState(PhotoState next) {
        return new PhotoRecord(
                channel, ts, image, attempt, id, active, next, width, height, extension, url, key, uploaded);
    }

    /** The same photo at this address. */
    public PhotoRecord publishedAt(String address) {
        return new PhotoRecord(
                channel, ts, image, attempt, id, active, state, width, height, extension, address, key, uploaded);
    }

    /** Its name in the drop. */
    public ObjectKey uploadName() {
        return new ObjectKey(id + "-image." + extension);
    }
}
