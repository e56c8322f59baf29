package org.chatpress.approval;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.chatpress.approval.policy.Decision;
import org.chatpress.approval.policy.MessageSnapshot;
import org.chatpress.config.Channel;
import org.chatpress.config.Settings;
import org.chatpress.media.model.PhotoRecord;
import org.chatpress.media.model.PhotoSettings;
import org.chatpress.media.model.PhotoState;
import org.chatpress.model.Annotations;
import org.chatpress.model.Author;
import org.chatpress.model.ChannelId;
import org.chatpress.model.LinkPreview;
import org.chatpress.model.MessageTs;
import org.chatpress.model.PublicMessage;
import org.chatpress.model.PublicPhoto;
import org.chatpress.model.ReactionCount;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.SlackImageFile;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.model.slack.UserProfile;
import org.chatpress.render.json.MirroredImages;
import org.chatpress.store.ChannelRepository.ChannelRow;
import org.chatpress.store.ChannelRepository.Status;
import org.chatpress.store.Store;
import org.chatpress.text.CustomEmoji;
import org.chatpress.text.Mentions;
import org.chatpress.text.MessageFormatter;
import org.chatpress.text.pattern.PatternMatcher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes a message that may be seen as readers see it: its words, its author, and what it bears beside them. */
final class PublicMessageBuilder {
    private static final Logger LOG = LoggerFactory.getLogger(PublicMessageBuilder.class);

    /** What a message names beyond stays a name. */
    private static final int MOST_EMOJI = 100;

    private final Store store;
    private final UserDirectory directory;
    private final MessageFormatter text;
    private Optional<PhotoSettings> photos = Optional.empty();
    private String site = "";

    PublicMessageBuilder(Store store, UserDirectory directory, MessageFormatter text) {
        this.store = store;
        this.directory = directory;
        this.text = text;
    }

    /** A new cycle begins. */
    void beginCycle(Settings settings) {
        photos = settings.photos();
        site = settings.publicUrl().map(URI::toString).orElse("");
    }

    /**
     * A message for readers.
     *
     * @param images whose photos it and each of its replies show
     * @param emoji the custom emoji that it and each of its replies name, and what each leads to
     * @param complete false if Slack could not say yet who somebody is: write it again in the next cycle
     */
    record BuiltMessage(
            PublicMessage message,
            List<Author> authors,
            Map<MessageTs, List<SlackImageFile>> images,
            Map<MessageTs, Map<String, String>> emoji,
            boolean complete) {
        BuiltMessage {
            authors = List.copyOf(authors);
            images = Map.copyOf(images);
            emoji = Map.copyOf(emoji);
        }
    }

    /**
     * A message with all that editors and colleagues added to it.
     *
     * @param snapshot what Slack has now
     * @param decision shows something
     */
    BuiltMessage build(
            Channel channel, MessageSnapshot snapshot, Decision decision, ReviewedThread thread, Instant now) {
        Optional<PublicMessage> was = store.publicMessages().message(channel.id(), snapshot);
        Map<MessageTs, PublicMessage> repliesBefore = was.map(PublicMessage::replies).orElse(List.of()).stream()
                .collect(Collectors.toMap(PublicMessage::ts, Function.identity()));
        BuiltMessage copy = bare(channel, decision, snapshot, was, now);
        var authors = new ArrayList<>(copy.authors());
        var images = new HashMap<>(copy.images());
        var emoji = new HashMap<>(copy.emoji());
        var replies = new ArrayList<PublicMessage>();
        boolean complete = copy.complete() && thread.isFinal();
        for (ReviewedThread.ReviewedReply reply : thread.replies()) {
            Optional<PublicMessage> replyBefore = Optional.ofNullable(
                    repliesBefore.get(reply.snapshot().message().ts()));
            BuiltMessage written = bare(channel, reply.decision(), reply.snapshot(), replyBefore, now);
            replies.add(written.message()
                    .with(
                            written.message().photos(),
                            MessageAnnotations.visibleReactions(
                                    channel, reply.snapshot().reactions(), text::emoji),
                            written.message().annotations(),
                            List.of()));
            authors.addAll(written.authors());
            images.putAll(written.images());
            emoji.putAll(written.emoji());
            complete &= written.complete();
        }
        var plain = new PlainTextFormatter(channel);
        PublicMessage message = copy.message()
                .with(
                        MessageAnnotations.withPhotoTexts(copy.message().photos(), thread.commands(), plain),
                        MessageAnnotations.visibleReactions(channel, snapshot.reactions(), text::emoji),
                        MessageAnnotations.annotations(channel, decision.reviewState(), thread.commands(), plain)
                                .with(
                                        copy.message().annotations().args(),
                                        copy.message().annotations().kwargs()),
                        replies);
        return new BuiltMessage(message, authors, images, emoji, complete && plain.complete);
    }

    /**
     * A public message under a rule that has changed: what the rule no longer lets readers see is gone, and nothing else
     * is.
     */
    PublicMessage withoutHiddenParts(Channel channel, PublicMessage message, ReviewedThread thread) {
        Set<MessageTs> still = thread.replies().stream()
                .map(reply -> reply.snapshot().message().ts())
                .collect(Collectors.toSet());
        return message.with(
                message.photos(),
                seen(channel, message),
                message.annotations(),
                message.replies().stream()
                        .filter(reply -> still.contains(reply.ts()))
                        .map(reply -> reply.with(reply.photos(), seen(channel, reply), reply.annotations(), List.of()))
                        .toList());
    }

    private static List<ReactionCount> seen(Channel channel, PublicMessage message) {
        return message.reactions().stream()
                .filter(reaction -> MessageAnnotations.isVisible(channel, reaction.emoji()))
                .toList();
    }

    /** A note's value as one line of plain text; people by their bare names. */
    private final class PlainTextFormatter implements UnaryOperator<String> {
        private final Channel channel;
        private boolean complete = true;

        PlainTextFormatter(Channel channel) {
            this.channel = channel;
        }

        @Override
        public String apply(String mrkdwn) {
            ResolvedReferences names = names(channel, Mentions.in(mrkdwn));
            complete &= names.complete();
            String line = text.format(
                            mrkdwn, names.names(), channel.presentation().timeZone(), PatternMatcher.NONE)
                    .text();
            for (String name : names.names().users().values()) {
                line = line.replace("@" + name, name);
            }
            return line.replaceAll("\\s+", " ").strip();
        }
    }

    /** The message itself, as it may be seen: maybe older than what Slack has now. */
    private BuiltMessage bare(
            Channel channel, Decision decision, MessageSnapshot snapshot, Optional<PublicMessage> was, Instant now) {
        SlackMessage message = decision.publicVersion().orElseThrow();
        SlackMessage newest = snapshot.message();
        ResolvedReferences names = names(channel, Mentions.in(message));
        MessageFormatter.FormattedText words = text.format(
                message,
                names.names(),
                channel.presentation().timeZone(),
                new PatternMatcher(channel.presentation().patterns()));
        words.matches()
                .skipped()
                .forEach(regex -> LOG.warn(
                        "{}: skipped a pattern on message {}, where it matches far too often; make {} more specific",
                        channel.slug(),
                        message.ts(),
                        regex));
        UserId authorId = message.author().orElseThrow();
        Optional<Author> author = author(message);
        List<SlackImageFile> images = photos.isPresent() ? message.images() : List.of();
        var copy = new PublicMessage(
                message.ts(),
                author.map(Author::id).orElse(authorId),
                words.html(),
                words.text(),
                was.map(PublicMessage::publishedAt).orElse(now),
                message.editedAt(),
                newest.thread().filter(thread -> !thread.equals(message.ts())),
                photos(channel, message, images, words.text()),
                attachments(message, newest, words),
                List.of(),
                Annotations.NONE.with(words.matches().args(), words.matches().kwargs()),
                List.of());
        return new BuiltMessage(
                copy,
                List.of(author.orElseGet(() -> stranger(authorId, message))),
                Map.of(message.ts(), images),
                Map.of(message.ts(), names.emoji()),
                names.complete() && author.isPresent());
    }

    /** Each as far as it is. What may yet turn out to be no image is left out until that is known. */
    private List<PublicPhoto> photos(Channel channel, SlackMessage message, List<SlackImageFile> images, String words) {
        if (images.isEmpty()) {
            return List.of();
        }
        Map<String, PhotoRecord> shots = new HashMap<>();
        store.photos().of(channel.id(), message.ts()).stream()
                .filter(PhotoRecord::active)
                .forEach(photo -> shots.put(photo.image().id(), photo));
        boolean justPhotos = images.size() == message.json().path("files").size();
        var photographs = new ArrayList<PublicPhoto>();
        for (SlackImageFile image : images) {
            Optional<PhotoRecord> record = Optional.ofNullable(shots.get(image.id()));
            if (!image.isStub() || record.filter(PhotoRecord::isKnownImage).isPresent()) {
                photographs.add(photo(image, record, new PhotoText(image.alt(), justPhotos ? words : "", "")));
            }
        }
        return photographs;
    }

    /** The words that go with a photo. */
    private record PhotoText(String alt, String caption, String credit) {}

    private PublicPhoto photo(SlackImageFile image, Optional<PhotoRecord> record, PhotoText legend) {
        PhotoSettings settings = photos.orElseThrow();
        PublicPhoto.Status status = record.map(s -> status(s.stage())).orElse(PublicPhoto.Status.LOADING);
        String url = switch (status) {
            case LOADING -> settings.placeholder();
            case LIVE ->
                record.orElseThrow()
                        .key()
                        .map(key -> site + key)
                        .orElse(record.get().url());
            case FAILED -> "";
        };
        ImageSize size = record.flatMap(PhotoRecord::rendition)
                .map(rendition -> new ImageSize(rendition.width(), rendition.height()))
                .orElseGet(() -> ImageSize.of(image, settings.maxWidth()));
        return new PublicPhoto(status, url, size.width, size.height, legend.alt, legend.caption, legend.credit);
    }

    private static PublicPhoto.Status status(PhotoState.Stage stage) {
        return switch (stage) {
            case REQUESTED, PROCESSED, UPLOADED -> PublicPhoto.Status.LOADING;
            case LIVE -> PublicPhoto.Status.LIVE;
            case FAILED -> PublicPhoto.Status.FAILED;
        };
    }

    /** What a photo will measure, as far as Slack says; three by two where it doesn't. */
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
    }

    private List<LinkPreview> attachments(
            SlackMessage message, SlackMessage newest, MessageFormatter.FormattedText words) {
        var attachments = new ArrayList<>(text.previews(message, newest));
        attachments.addAll(words.matches().previews());
        return attachments;
    }

    /**
     * @param emoji custom ones by name, and what each leads to
     * @param complete false if Slack could not say who somebody is
     */
    private record ResolvedReferences(
            MessageFormatter.ResolvedNames names, Map<String, String> emoji, boolean complete) {}

    private ResolvedReferences names(Channel channel, Mentions mentions) {
        Map<UserId, String> people = new HashMap<>();
        boolean complete = true;
        for (UserId id : mentions.users()) {
            Optional<UserProfile> profile = directory.profile(id);
            complete &= profile.isPresent();
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
                .filter(name -> text.emoji(name).isEmpty())
                .limit(MOST_EMOJI)
                .forEach(name -> emoji.put(name, ""));
        CustomEmoji shown = emoji.isEmpty() || site.isEmpty() ? CustomEmoji.none() : customEmoji(channel, emoji);
        return new ResolvedReferences(new MessageFormatter.ResolvedNames(people, channels, shown), emoji, complete);
    }

    /** Custom emoji as the chat shows them: a picture only where its copy is there. Fills in what each leads to. */
    private CustomEmoji customEmoji(Channel channel, Map<String, String> names) {
        Map<String, String> list = store.emoji().targets(names.keySet());
        Map<String, String> ends = text.emojiTargets(list);
        Map<String, String> copies = new HashMap<>();
        for (Map.Entry<String, String> name : names.entrySet()) {
            String end = ends.getOrDefault(name.getKey(), "");
            name.setValue(end);
            store.mirroredImages()
                    .image(end)
                    .ifPresent(image -> copies.put(end, site + MirroredImages.emojiKey(channel.slug(), image)));
        }
        return text.customEmoji(list, copies);
    }

    /** Who wrote it, as readers see them; empty if Slack could not say yet. */
    private Optional<Author> author(SlackMessage message) {
        UserId id = message.author().orElseThrow();
        if (message.bot().isPresent()
                && (message.subtype().equals("bot_message")
                        || id.equals(message.bot().get()))) {
            String name = message.json().path("username").asText("");
            String profile = message.json().path("bot_profile").path("name").asText("");
            return Optional.of(new Author(id, name.isEmpty() ? profile : name, "", ""));
        }
        return directory
                .profile(id)
                .map(profile -> profile.displayName().isEmpty()
                        ? stranger(id, message)
                        : new Author(id, profile.displayName(), profile.title(), profile.image48()));
    }

    /** Somebody of another workspace: Slack may put a little of the profile into the message itself. */
    private static Author stranger(UserId id, SlackMessage message) {
        JsonNode profile = message.json().path("user_profile");
        String name = profile.path("real_name").asText("");
        return new Author(id, name.isEmpty() ? profile.path("name").asText("") : name, "", "");
    }
}
