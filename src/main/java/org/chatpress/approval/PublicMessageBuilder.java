package org.chatpress.approval;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.chatpress.approval.ReviewBatch.DecidedMessage;
import org.chatpress.approval.ReviewBatch.Update;
import org.chatpress.approval.ThreadReview.ReviewedReply;
import org.chatpress.approval.policy.ApprovalPolicy.MessageSnapshot;
import org.chatpress.approval.policy.Decision;
import org.chatpress.approval.policy.EmojiAlias;
import org.chatpress.approval.policy.ThreadCommands;
import org.chatpress.config.Channel;
import org.chatpress.cycle.context.CycleContext;
import org.chatpress.media.model.ClipRecord;
import org.chatpress.media.model.PhotoRecord;
import org.chatpress.media.model.PhotoSettings;
import org.chatpress.media.model.PhotoState;
import org.chatpress.media.model.VideoSettings;
import org.chatpress.model.Annotations;
import org.chatpress.model.ChannelId;
import org.chatpress.model.Hashes;
import org.chatpress.model.MessageTs;
import org.chatpress.model.PublicMessage;
import org.chatpress.model.PublicMessage.Author;
import org.chatpress.model.PublicMessage.PublicMedia;
import org.chatpress.model.PublicMessage.PublicPhoto;
import org.chatpress.model.PublicMessage.ReactionCount;
import org.chatpress.model.UserId;
import org.chatpress.model.VisibleText;
import org.chatpress.model.slack.SlackClip;
import org.chatpress.model.slack.SlackImageFile;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.render.json.MirroredImages;
import org.chatpress.slack.SlackReader.UserProfile;
import org.chatpress.store.ChannelRepository.ChannelRow;
import org.chatpress.store.ChannelRepository.Status;
import org.chatpress.store.PublicMessageRepository.Assets;
import org.chatpress.store.PublicMessageRepository.ReviewedMessage;
import org.chatpress.store.Store;
import org.chatpress.text.CustomEmoji;
import org.chatpress.text.Mentions;
import org.chatpress.text.MessageFormatter;
import org.chatpress.text.pattern.PatternMatcher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds the public messages of a channel: what readers see of a message, its author, its photos and its thread. Looks up
 * names, which may take calls to Slack. If a call fails, the name is missing, and the next cycle builds the message again.
 */
final class PublicMessageBuilder {
    private static final Logger LOG = LoggerFactory.getLogger(PublicMessageBuilder.class);

    /** Further custom emoji of a message are shown by their names. */
    private static final int MAX_CUSTOM_EMOJI = 100;

    private static final int ID_DIGEST_LENGTH = 12;
    private static final int MAX_BOT_ID_LENGTH = 18;

    private final Channel channel;
    private final Map<String, EmojiAlias> customEmoji;
    private final Store store;
    private final UserDirectory directory;
    private final MessageFormatter text;
    private final Optional<PhotoSettings> photoSettings;
    private final Optional<VideoSettings> videoSettings;
    private final String publicUrl;
    private final Instant now;

    /** @param customEmoji what the custom emoji in reactions stand for */
    PublicMessageBuilder(
            Channel channel,
            Map<String, EmojiAlias> customEmoji,
            Store store,
            UserDirectory directory,
            MessageFormatter text,
            CycleContext context) {
        this.channel = channel;
        this.customEmoji = customEmoji;
        this.store = store;
        this.directory = directory;
        this.text = text;
        this.photoSettings = context.settings().photos();
        this.videoSettings = context.settings().videos();
        this.publicUrl = context.settings().publicUrl().map(URI::toString).orElse("");
        this.now = context.now();
    }

    /** Builds what readers see of a message after a decision. */
    ReviewedMessage build(DecidedMessage message) {
        if (message.decision().publicVersion().isEmpty() || message.update() == Update.WITH_ROOT) {
            return ReviewedMessage.withoutPublicMessage(message.snapshot(), message.decision());
        }
        Optional<PublicMessage> before = store.publicMessages().message(channel.id(), message.snapshot());
        return message.update() == Update.REBUILD ? rebuilt(message, before) : reduced(message, before);
    }

    private ReviewedMessage rebuilt(DecidedMessage message, Optional<PublicMessage> before) {
        Map<MessageTs, PublicMessage> repliesBefore = before.map(PublicMessage::replies).orElse(List.of()).stream()
                .collect(Collectors.toMap(PublicMessage::ts, Function.identity()));
        var parts = new ArrayList<Part>();
        parts.add(part(message.snapshot(), message.decision(), before));
        for (ReviewedReply reply : message.thread().publicReplies()) {
            Optional<PublicMessage> replyBefore = Optional.ofNullable(
                    repliesBefore.get(reply.snapshot().message().ts()));
            parts.add(part(reply.snapshot(), reply.decision(), replyBefore));
        }

        Part own = parts.get(0);
        ThreadCommands commands = message.thread().commands();
        var plain = new PlainTextFormatter();
        PublicMessage built = own.message()
                .withPhotos(AnnotationsBuilder.withPhotoTexts(own.message().photos(), commands, plain))
                .withMedia(AnnotationsBuilder.withMediaTexts(
                        own.message().media(), own.message().photos().size(), commands, plain))
                .withAnnotations(AnnotationsBuilder.annotations(
                                channel, message.decision().reviewState(), commands, plain)
                        .withArgs(
                                own.message().annotations().args(),
                                own.message().annotations().kwargs()))
                .withReplies(parts.stream().skip(1).map(Part::message).toList());

        boolean isComplete = parts.stream().allMatch(Part::isComplete)
                && plain.isComplete
                && message.thread().isFinal();
        return ReviewedMessage.rebuilt(
                message.snapshot(),
                isComplete ? message.decision() : message.decision().notFinal(),
                built,
                parts.stream().map(Part::author).toList(),
                parts.stream().collect(Collectors.toMap(part -> part.message().ts(), Part::assets)));
    }

    /** Removes what the rules no longer allow, and changes nothing else. */
    private ReviewedMessage reduced(DecidedMessage message, Optional<PublicMessage> before) {
        if (before.isEmpty()) {
            return ReviewedMessage.withoutPublicMessage(message.snapshot(), message.decision());
        }
        PublicMessage shown = before.get();
        Set<MessageTs> publicReplies = message.thread().publicReplies().stream()
                .map(reply -> reply.snapshot().message().ts())
                .collect(Collectors.toSet());
        return ReviewedMessage.reduced(
                message.snapshot(),
                message.decision(),
                shown.withReactions(visibleReactions(shown))
                        .withReplies(shown.replies().stream()
                                .filter(reply -> publicReplies.contains(reply.ts()))
                                .map(reply -> reply.withReactions(visibleReactions(reply)))
                                .toList()));
    }

    private List<ReactionCount> visibleReactions(PublicMessage message) {
        return message.reactions().stream()
                .filter(reaction -> AnnotationsBuilder.isVisible(channel, reaction.emoji(), customEmoji))
                .toList();
    }

    /** Formats the value of a command as one line of plain text, with people's names without an at sign. */
    private final class PlainTextFormatter implements UnaryOperator<String> {
        private boolean isComplete = true;

        @Override
        public String apply(String mrkdwn) {
            ResolvedReferences references = resolve(Mentions.in(mrkdwn));
            isComplete &= references.isComplete();
            String line = text.format(
                            mrkdwn, references.names(), channel.presentation().timeZone(), PatternMatcher.NONE)
                    .text();
            for (String name : references.names().users().values()) {
                line = line.replace("@" + name, name);
            }
            return line.replaceAll("\\s+", " ").strip();
        }
    }

    /**
     * A message or reply without what its thread adds.
     *
     * @param isComplete false if the name of its author or of a mentioned user is not known yet
     */
    private record Part(PublicMessage message, Author author, Assets assets, boolean isComplete) {}

    private Part part(MessageSnapshot snapshot, Decision decision, Optional<PublicMessage> before) {
        // The approved version may be older than the snapshot, which has what Slack itself added since.
        SlackMessage message = decision.publicVersion().orElseThrow();
        SlackMessage newest = snapshot.message();
        ResolvedReferences references = resolve(Mentions.in(message));
        MessageFormatter.FormattedText formatted = text.format(
                message,
                references.names(),
                channel.presentation().timeZone(),
                new PatternMatcher(channel.presentation().patterns()));
        formatted
                .matches()
                .skipped()
                .forEach(regex -> LOG.warn(
                        "{}: skipped a pattern on message {}, where it matches far too often; make {} more specific",
                        channel.slug(),
                        message.ts(),
                        regex));
        Optional<Author> author = author(message);
        Author shownAuthor = author.orElseGet(() -> authorFromMessage(message));
        List<SlackImageFile> images = photoSettings.isPresent() ? message.images() : List.of();
        List<SlackClip> clips = videoSettings.isPresent() ? message.clips() : List.of();
        var previews = new ArrayList<>(text.linkPreviews(message, newest));
        previews.addAll(formatted.matches().previews());
        var built = new PublicMessage(
                message.ts(),
                shownAuthor.id(),
                formatted.html(),
                formatted.text(),
                before.map(PublicMessage::publishedAt).orElse(now),
                message.editedAt(),
                newest.thread().filter(thread -> !thread.equals(message.ts())),
                new PublicMessage.Additions(
                        photos(message, images, formatted.text()),
                        media(message, clips),
                        previews,
                        AnnotationsBuilder.visibleReactions(
                                channel, snapshot.reactions(), customEmoji, text::emojiCharacters),
                        Annotations.NONE.withArgs(
                                formatted.matches().args(), formatted.matches().kwargs()),
                        List.of()));
        return new Part(
                built,
                shownAuthor,
                new Assets(images, clips, references.emoji()),
                references.isComplete() && author.isPresent());
    }

    private List<PublicPhoto> photos(SlackMessage message, List<SlackImageFile> images, String text) {
        if (images.isEmpty()) {
            return List.of();
        }
        Map<String, PhotoRecord> records = new HashMap<>();
        store.photos().of(channel.id(), message.ts()).stream()
                .filter(PhotoRecord::active)
                .forEach(photo -> records.put(photo.image().id(), photo));
        boolean hasOnlyImages = images.size() == message.json().path("files").size();
        String caption = hasOnlyImages ? text : "";
        return PhotoRecord.shown(images, records.values()).stream()
                .map(image -> photo(image, Optional.ofNullable(records.get(image.id())), caption))
                .toList();
    }

    private PublicPhoto photo(SlackImageFile image, Optional<PhotoRecord> record, String caption) {
        PhotoSettings settings = photoSettings.orElseThrow();
        PublicPhoto.Status status = record.map(photo -> status(photo.stage())).orElse(PublicPhoto.Status.LOADING);
        String url = switch (status) {
            case LOADING -> settings.placeholder();
            case LIVE ->
                record.orElseThrow()
                        .key()
                        .map(key -> publicUrl + key)
                        .orElse(record.get().url());
            case FAILED -> "";
        };
        ImageSize size = record.flatMap(PhotoRecord::rendition)
                .map(rendition -> new ImageSize(rendition.width(), rendition.height()))
                .orElseGet(() -> ImageSize.of(image, settings.maxWidth()));
        return new PublicPhoto(status, url, size.width, size.height, image.alt(), caption, "");
    }

    private List<PublicMedia> media(SlackMessage message, List<SlackClip> clips) {
        if (clips.isEmpty()) {
            return List.of();
        }
        Map<String, ClipRecord> records = store.clips().of(channel.id(), message.ts()).stream()
                .filter(ClipRecord::active)
                .collect(Collectors.toMap(clip -> clip.file().id(), Function.identity()));
        return clips.stream()
                .map(clip -> media(clip, Optional.ofNullable(records.get(clip.id()))))
                .toList();
    }

    private PublicMedia media(SlackClip clip, Optional<ClipRecord> record) {
        PublicPhoto.Status status = record.map(known -> status(known.stage())).orElse(PublicPhoto.Status.LOADING);
        Optional<ClipRecord.Rendition> live =
                record.flatMap(ClipRecord::rendition).filter(files -> status == PublicPhoto.Status.LIVE);
        ImageSize size = record.flatMap(ClipRecord::rendition)
                .map(files -> new ImageSize(files.width(), files.height()))
                .orElseGet(() -> ImageSize.of(clip, videoSettings.orElseThrow().height()));
        return new PublicMedia(
                clip.kind(),
                status,
                live.map(files -> publicUrl + files.key()).orElse(""),
                live.flatMap(ClipRecord.Rendition::poster)
                        .map(poster -> publicUrl + poster)
                        .orElse(""),
                size.width,
                size.height,
                live.map(files -> files.length().toMillis()).orElse(0L),
                clip.alt(),
                "",
                "");
    }

    private static PublicPhoto.Status status(PhotoState.Stage stage) {
        return switch (stage) {
            case REQUESTED, PROCESSED, UPLOADED -> PublicPhoto.Status.LOADING;
            case LIVE -> PublicPhoto.Status.LIVE;
            case FAILED -> PublicPhoto.Status.FAILED;
        };
    }

    /** The size that a photo will have, computed from Slack's; 3:2 if Slack names no size. */
    private record ImageSize(int width, int height) {
        static ImageSize of(SlackImageFile image, int maxWidth) {
            if (image.width() == 0 || image.height() == 0) {
                return new ImageSize(maxWidth, Math.max(1, maxWidth * 2 / 3));
            }
            if (image.width() <= maxWidth) {
                return new ImageSize(image.width(), image.height());
            }
            long height = Math.round((double) image.height() * maxWidth / image.width());
            return new ImageSize(maxWidth, (int) Math.max(1, height));
        }

        /** The size that a clip will have, computed from its thumbnail's; 0 if Slack has none. */
        static ImageSize of(SlackClip clip, int maxHeight) {
            if (clip.height() <= maxHeight) {
                return new ImageSize(clip.width(), clip.height());
            }
            return new ImageSize((int) Math.max(2, (long) clip.width() * maxHeight / clip.height()), maxHeight);
        }
    }

    /**
     * The names of what a text mentions.
     *
     * @param emoji the custom emoji by name, each with the name of the image to show
     * @param isComplete false if the name of a mentioned user is not known yet
     */
    private record ResolvedReferences(
            MessageFormatter.ResolvedNames names, Map<String, String> emoji, boolean isComplete) {}

    private ResolvedReferences resolve(Mentions mentions) {
        Map<UserId, String> people = new HashMap<>();
        boolean isComplete = true;
        for (UserId id : mentions.users()) {
            Optional<UserProfile> profile = directory.profile(id);
            isComplete &= profile.isPresent();
            profile.map(UserProfile::displayName)
                    .filter(name -> !name.isEmpty())
                    .ifPresent(name -> people.put(id, name));
        }
        Map<ChannelId, String> channels = new HashMap<>();
        for (ChannelId id : mentions.channels()) {
            store.channels()
                    .row(id)
                    .filter(row -> row.status() == Status.LISTED)
                    .flatMap(ChannelRow::metadata)
                    .ifPresent(metadata -> channels.put(id, metadata.slug().value()));
        }
        Map<String, String> emoji = new HashMap<>();
        mentions.emoji().stream()
                .filter(name -> text.emojiCharacters(name).isEmpty())
                .limit(MAX_CUSTOM_EMOJI)
                .forEach(name -> emoji.put(name, ""));
        CustomEmoji shown = CustomEmoji.none();
        if (!emoji.isEmpty() && !publicUrl.isEmpty()) {
            Map<String, String> targets = store.emoji().targets(emoji.keySet());
            Map<String, String> images = text.resolveEmojiAliases(targets);
            emoji.replaceAll((name, none) -> images.getOrDefault(name, ""));
            shown = text.customEmoji(targets, copies(emoji.values()));
        }
        return new ResolvedReferences(new MessageFormatter.ResolvedNames(people, channels, shown), emoji, isComplete);
    }

    /** The URLs of those custom emoji whose images have been copied; the others are shown by name. */
    private Map<String, String> copies(Collection<String> images) {
        Map<String, String> copies = new HashMap<>();
        for (String name : images) {
            store.mirroredImages()
                    .image(name)
                    .ifPresent(image -> copies.put(name, publicUrl + MirroredImages.emojiKey(channel.slug(), image)));
        }
        return copies;
    }

    /** The author as readers see them; empty if the name is not known yet. */
    private Optional<Author> author(SlackMessage message) {
        UserId id = message.author().orElseThrow();
        Optional<UserId> bot = message.bot();
        if (bot.isPresent()) {
            String postedAs = VisibleText.line(message.json().path("username").asText(""));
            String botName = botName(message);
            if (!VisibleText.isBlank(postedAs) && !postedAs.equals(botName)) {
                return Optional.of(new Author(idOfName(bot.get(), postedAs), postedAs, "", ""));
            }
            if (message.subtype().equals("bot_message") || id.equals(bot.get())) {
                return Optional.of(new Author(bot.get(), botName, "", ""));
            }
        }
        return directory
                .profile(id)
                .map(profile -> profile.displayName().isEmpty()
                        ? authorFromMessage(message)
                        : new Author(id, profile.displayName(), profile.title(), profile.image48()));
    }

    /** The id of one of the names under which a bot posts, so that each message keeps the name that it was posted with. */
    private static UserId idOfName(UserId bot, String name) {
        String digest = Hashes.sha256(name.getBytes(StandardCharsets.UTF_8))
                .substring(0, ID_DIGEST_LENGTH)
                .toUpperCase(Locale.ROOT);
        String id = bot.value();
        return new UserId(id.substring(0, Math.min(id.length(), MAX_BOT_ID_LENGTH)) + digest);
    }

    private static String botName(SlackMessage message) {
        return VisibleText.line(message.json().path("bot_profile").path("name").asText(""));
    }

    /** An author without a profile. A message by a user of another workspace may contain parts of one. */
    private static Author authorFromMessage(SlackMessage message) {
        String name = UserProfile.name(message.json().path("user_profile"));
        return new Author(message.author().orElseThrow(), name.isEmpty() ? botName(message) : name, "", "");
    }
}
