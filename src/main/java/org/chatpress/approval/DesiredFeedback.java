package org.chatpress.approval;

import java.util.List;
import org.chatpress.media.model.PhotoRecord;
import org.chatpress.media.model.PhotoState;
import org.chatpress.model.BotFeedback;

/** What our bot should put under a message, by what is known of it. */
final class DesiredFeedback {
    private DesiredFeedback() {}

    /** @param photos of the message, those included that it no longer shows */
    static BotFeedback forPhotos(List<PhotoRecord> photos) {
        BotFeedback marks = BotFeedback.NONE;
        for (PhotoRecord photo : photos) {
            marks = marks.plus(forPhotos(photo));
        }
        List<PhotoRecord> shown = photos.stream()
                .filter(PhotoRecord::active)
                .filter(PhotoRecord::isKnownImage)
                .toList();
        boolean allAreLive = shown.stream().allMatch(photo -> photo.stage() == PhotoState.Stage.LIVE);
        return allAreLive && !shown.isEmpty() ? marks.plus(BotFeedback.emoji("rocket")) : marks;
    }

    private static BotFeedback forPhotos(PhotoRecord photo) {
        String name = "photo-" + photo.image().id() + "-" + photo.attempt();
        if (!photo.active()) {
            return BotFeedback.reply(
                    name + "-withdrawn",
                    "This message is no longer public, but the CMS may have its photo already. Please remove it there:"
                            + " ProductID " + photo.id());
        }
        if (!photo.isKnownImage()) {
            return BotFeedback.NONE;
        }
        return switch (photo.stage()) {
            case REQUESTED, PROCESSED, UPLOADED -> BotFeedback.emoji("clock1");
            case LIVE -> BotFeedback.NONE;
            case FAILED ->
                BotFeedback.emoji("x")
                        .plus(BotFeedback.reply(
                                name + "-failed",
                                "The photo " + photo.id() + " can't be shown: "
                                        + photo.state().reason()));
        };
    }
}
