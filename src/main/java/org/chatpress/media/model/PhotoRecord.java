package org.chatpress.media.model;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.chatpress.model.ChannelId;
import org.chatpress.model.ImageFormat;
import org.chatpress.model.MessageTs;
import org.chatpress.model.slack.SlackImageFile;
import org.chatpress.storage.ObjectKey;

/**
 * A photo of a message, as stored.
 *
 * @param image the file in Slack, as it was when the message was approved
 * @param attempt 1 for the first attempt to publish the photo, and one more for each restart
 * @param id the photo's IPTC ProductID, by which the CMS knows it
 * @param active false once the message no longer shows the photo
 * @param rendition the processed image; empty until the photo was PROCESSED once
 * @param url the photo's URL in the CMS; empty before it is LIVE there
 * @param key the photo's file beside the chat; empty before it is LIVE there
 * @param uploaded true if the upload folder of the CMS has the photo, or may have it
 */
public record PhotoRecord(
        ChannelId channel,
        MessageTs ts,
        SlackImageFile image,
        int attempt,
        String id,
        boolean active,
        PhotoState state,
        Optional<Rendition> rendition,
        String url,
        Optional<ObjectKey> key,
        boolean uploaded) {
    /** The image that readers get; width and height are in pixels. */
    public record Rendition(ImageFormat format, int width, int height) {}

    /**
     * The images of a message that readers see as photos, and that thread commands count. Slack may send a stub of a file
     * that is not an image; it is shown once it is known to be one.
     *
     * @param images all of the message
     * @param records the stored photos of the message
     */
    public static List<SlackImageFile> shown(List<SlackImageFile> images, Collection<PhotoRecord> records) {
        Set<String> known = records.stream()
                .filter(PhotoRecord::active)
                .filter(PhotoRecord::isKnownImage)
                .map(record -> record.image().id())
                .collect(Collectors.toSet());
        return images.stream()
                .filter(image -> !image.isStub() || known.contains(image.id()))
                .toList();
    }

    public PhotoState.Stage stage() {
        return state.stage();
    }

    /** False while Slack has not described the file, so that it may turn out not to be an image. */
    public boolean isKnownImage() {
        return !image.isStub() || rendition.isPresent();
    }

    /** The key of the photo in the upload folder of the CMS. */
    public ObjectKey uploadKey() {
        return new ObjectKey(id + "-image." + rendition.orElseThrow().format().extension());
    }

    public PhotoRecord withState(PhotoState newState) {
        return new PhotoRecord(channel, ts, image, attempt, id, active, newState, rendition, url, key, uploaded);
    }

    public PhotoRecord withRendition(Rendition newRendition) {
        return new PhotoRecord(
                channel, ts, image, attempt, id, active, state, Optional.of(newRendition), url, key, uploaded);
    }

    public PhotoRecord withUrl(String newUrl) {
        return new PhotoRecord(channel, ts, image, attempt, id, active, state, rendition, newUrl, key, uploaded);
    }
}
