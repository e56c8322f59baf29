package org.chatpress.cycle;

import java.util.List;
import org.chatpress.model.BotMarks;
import org.chatpress.photo.Shot;
import org.chatpress.photo.Stage;

/** What our bot should put under a message, by what is known of it. */
final class WantedMarks {
    private WantedMarks() {}

    /** @param photos of the message, those included that it no longer shows */
    static BotMarks of(List<Shot> photos) {
        BotMarks marks = BotMarks.NONE;
        for (Shot photo : photos) {
            marks = marks.and(of(photo));
        }
        List<Shot> shown =
                photos.stream().filter(Shot::wanted).filter(Shot::isSurelyOne).toList();
        boolean allAreLive = shown.stream().allMatch(photo -> photo.stage() == Stage.LIVE);
        return allAreLive && !shown.isEmpty() ? marks.and(BotMarks.emoji("rocket")) : marks;
    }

    private static BotMarks of(Shot photo) {
        String name = "photo-" + photo.image().id() + "-" + photo.attempt();
        if (!photo.wanted()) {
            return BotMarks.note(
                    name + "-withdrawn",
                    "This message is no longer public, but the CMS may have its photo already. Please remove it there:"
                            + " ProductID " + photo.id());
        }
        if (!photo.isSurelyOne()) {
            return BotMarks.NONE;
        }
        return switch (photo.stage()) {
            case WANTED, READY, DROPPED -> BotMarks.emoji("clock1");
            case LIVE -> BotMarks.NONE;
            case FAILED ->
                BotMarks.emoji("x")
                        .and(BotMarks.note(
                                name + "-failed",
                                "The photo " + photo.id() + " can't be shown: "
                                        + photo.trip().reason()));
        };
    }
}
