package org.chatpress.approval;

import java.util.List;
import java.util.stream.Stream;
import org.chatpress.approval.policy.ApprovalPolicy;
import org.chatpress.approval.policy.ApprovalRule.ReviewerRole;
import org.chatpress.approval.policy.ChannelPolicy;
import org.chatpress.approval.policy.Decision;
import org.chatpress.config.Channel;
import org.chatpress.media.model.ClipRecord;
import org.chatpress.media.model.PhotoRecord;
import org.chatpress.media.model.PhotoState;
import org.chatpress.model.BotFeedback;
import org.chatpress.model.PublicMessage.PublicMedia.Kind;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.text.UnshownContent;

/** What our bot tells editors in Slack about a message, by reactions and by replies in its thread. Pure. */
final class EditorFeedback {
    /** The reaction to a message whose edit waits for a new approval. */
    static final String EDIT_WAITING = "pencil2";

    /** The reaction to an approved message of which readers do not see everything. */
    static final String CANNOT_SHOW = "warning";

    /** The reactions to a message whose photos and clips are being processed, are live, or failed. */
    static final String PHOTO_LOADING = "clock1";

    static final String PHOTOS_LIVE = "rocket";
    static final String PHOTO_FAILED = "x";

    private static final String HOW_TO_APPROVE_EDIT =
            " To publish it as it is now, approve it again: another approver adds a reaction, or you remove yours, wait"
                    + " half a minute, and add it again.";

    private EditorFeedback() {}

    /**
     * What the bot tells about a decision.
     *
     * @param rules those by which it was made
     */
    static BotFeedback onReview(Channel channel, SlackMessage message, Decision decision, ChannelPolicy rules) {
        return switch (decision.verdict()) {
            case APPROVED -> onPublicMessage(channel, message, decision, rules);
            case PENDING -> {
                boolean isEditWaiting = message.editedAt().isPresent()
                        && !decision.reviewState().stale().isEmpty();
                yield isEditWaiting
                        ? editWaits("This message is not public: it may have been approved before its last edit."
                                + HOW_TO_APPROVE_EDIT)
                        : onUncountedAliases(decision, rules);
            }
            case IGNORED ->
                isApproved(channel, decision)
                        ? cannotShow("This is approved, but can't be published: " + decision.reason() + ".")
                        : BotFeedback.NONE;
            case DELETED, COMMAND, WITHDRAWN, PRIVATE, REJECTED, MISSING, HELD, DELAYED -> BotFeedback.NONE;
        };
    }

    private static BotFeedback onPublicMessage(
            Channel channel, SlackMessage message, Decision decision, ChannelPolicy rules) {
        BotFeedback feedback = channel.approval()
                .liveReaction()
                .filter(emoji -> !message.isReply())
                .map(BotFeedback::emoji)
                .orElse(BotFeedback.NONE);
        if (ApprovalPolicy.isEditWaiting(message, decision.reviewState())) {
            feedback = feedback.plus(
                    editWaits("This message was edited after its approval. Readers still see the approved version."
                            + HOW_TO_APPROVE_EDIT));
        }
        List<String> unshown =
                UnshownContent.of(decision.publicVersion().orElse(message), rules.photos(), rules.videos());
        return unshown.isEmpty()
                ? feedback
                : feedback.plus(cannotShow("Readers don't see " + String.join(", ", unshown) + "."));
    }

    private static BotFeedback onUncountedAliases(Decision decision, ChannelPolicy rules) {
        List<String> aliases = decision.uncountedAliases(rules);
        return aliases.isEmpty()
                ? BotFeedback.NONE
                : cannotShow("This message is not public: " + String.join(", ", aliases)
                        + " does not approve it, because it became an alias after the message was posted, or was once"
                        + " another emoji. React with the emoji that it stands for.");
    }

    private static BotFeedback editWaits(String text) {
        return BotFeedback.emoji(EDIT_WAITING).plus(BotFeedback.reply("edit", text));
    }

    private static BotFeedback cannotShow(String text) {
        return BotFeedback.emoji(CANNOT_SHOW).plus(BotFeedback.reply("cannot show: " + text, text));
    }

    private static boolean isApproved(Channel channel, Decision decision) {
        return decision.reviewState().reactions().entrySet().stream()
                .filter(reaction -> reaction.getValue() == ReviewerRole.APPROVER)
                .anyMatch(reaction -> channel.approval()
                        .rule()
                        .emoji()
                        .contains(reaction.getKey().emoji()));
    }

    /**
     * What the bot tells about the photos and clips of a message.
     *
     * @param photos all of them, including those that are no longer shown
     * @param clips likewise
     */
    static BotFeedback onMedia(List<PhotoRecord> photos, List<ClipRecord> clips) {
        BotFeedback feedback = BotFeedback.NONE;
        for (PhotoRecord photo : photos) {
            feedback = feedback.plus(onPhoto(photo));
        }
        List<ClipRecord> shownClips = clips.stream().filter(ClipRecord::active).toList();
        for (ClipRecord clip : shownClips) {
            feedback = feedback.plus(onClip(clip));
        }
        List<PhotoState.Stage> shown = Stream.concat(
                        photos.stream()
                                .filter(PhotoRecord::active)
                                .filter(PhotoRecord::isKnownImage)
                                .map(PhotoRecord::stage),
                        shownClips.stream().map(ClipRecord::stage))
                .toList();
        boolean areAllLive = shown.stream().allMatch(PhotoState.Stage.LIVE::equals);
        return areAllLive && !shown.isEmpty() ? feedback.plus(BotFeedback.emoji(PHOTOS_LIVE)) : feedback;
    }

    private static BotFeedback onClip(ClipRecord clip) {
        String name = "clip-" + clip.file().id() + "-" + clip.attempt();
        String file = (clip.file().kind() == Kind.VIDEO ? "The video " : "The audio file ")
                + clip.file().id();
        String reason = clip.state().reason();
        return switch (clip.stage()) {
            case REQUESTED, PROCESSED, UPLOADED ->
                clip.state().isDelayed()
                        ? BotFeedback.emoji(PHOTO_LOADING)
                                .plus(BotFeedback.emoji(CANNOT_SHOW))
                                .plus(BotFeedback.reply(
                                        name + "-delayed",
                                        file + " can't be shown yet: " + reason + ". Chatpress keeps trying."))
                        : BotFeedback.emoji(PHOTO_LOADING);
            case LIVE -> BotFeedback.NONE;
            case FAILED ->
                BotFeedback.emoji(PHOTO_FAILED)
                        .plus(BotFeedback.emoji(CANNOT_SHOW))
                        .plus(BotFeedback.reply(name + "-failed", file + " can't be shown: " + reason));
        };
    }

    private static BotFeedback onPhoto(PhotoRecord photo) {
        String name = "photo-" + photo.image().id() + "-" + photo.attempt();
        if (!photo.active()) {
            return BotFeedback.reply(
                    name + "-withdrawn",
                    "This message is no longer public, but the CMS may already have its photo. Please remove it there:"
                            + " ProductID " + photo.id());
        }
        if (!photo.isKnownImage()) {
            boolean hasFailed = photo.stage() == PhotoState.Stage.FAILED;
            return hasFailed
                    ? cannotShow("Readers don't see a file from another workspace: "
                            + photo.state().reason() + ".")
                    : BotFeedback.NONE;
        }
        return switch (photo.stage()) {
            case REQUESTED, PROCESSED, UPLOADED -> BotFeedback.emoji(PHOTO_LOADING);
            case LIVE -> BotFeedback.NONE;
            case FAILED ->
                BotFeedback.emoji(PHOTO_FAILED)
                        .plus(BotFeedback.reply(
                                name + "-failed",
                                "The photo " + photo.id() + " can't be shown: "
                                        + photo.state().reason()));
        };
    }
}
