package org.chatpress.interactive;

import java.util.List;
import java.util.stream.Stream;
import org.chatpress.approval.policy.ApprovalPolicy;
import org.chatpress.approval.policy.ApprovalPolicy.MessageSnapshot;
import org.chatpress.approval.policy.ReviewState;
import org.chatpress.config.Settings;
import org.chatpress.media.model.PhotoRecord;
import org.chatpress.model.ChannelId;
import org.chatpress.model.PublicMessage.PublicMedia.Kind;
import org.chatpress.model.slack.SlackClip;
import org.chatpress.model.slack.SlackImageFile;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.store.Store;

/**
 * A message as readers see it or, if it is not public, would see it, and its files as thread commands count them: photos
 * first, then clips, each in the order of the message.
 */
record MessageFiles(SlackMessage message, List<SlackImageFile> photos, List<SlackClip> clips) {
    MessageFiles {
        photos = List.copyOf(photos);
        clips = List.copyOf(clips);
    }

    /** @param settings say whether photos and clips are published */
    static MessageFiles of(Store store, ChannelId channel, MessageSnapshot snapshot, Settings settings) {
        SlackMessage newest = snapshot.message();
        SlackMessage visible = snapshot.reviewState()
                .filter(state -> snapshot.isPublic())
                .flatMap(ReviewState::approved)
                .map(approved -> ApprovalPolicy.withoutDeletedFiles(approved, newest))
                .orElse(newest);
        List<PhotoRecord> records =
                settings.photos().isPresent() ? store.photos().of(channel, newest.ts()) : List.of();
        return new MessageFiles(
                visible,
                settings.photos().isPresent() ? PhotoRecord.shown(visible.images(), records) : List.of(),
                settings.videos().isPresent() ? visible.clips() : List.of());
    }

    /** Slack's ids of the files. */
    List<String> ids() {
        return Stream.concat(
                        photos.stream().map(SlackImageFile::id), clips.stream().map(SlackClip::id))
                .toList();
    }

    /** For people: {@code Photo 1}, {@code Video 2}, {@code Audio 3}. */
    String label(String fileId) {
        int number = ids().indexOf(fileId) + 1;
        if (number <= photos.size()) {
            return "Photo " + number;
        }
        boolean isVideo = clips.get(number - photos.size() - 1).kind() == Kind.VIDEO;
        return (isVideo ? "Video " : "Audio ") + number;
    }
}
