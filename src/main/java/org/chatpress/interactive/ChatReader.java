package org.chatpress.interactive;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.chatpress.approval.policy.Decision.Verdict;
import org.chatpress.config.Channel;
import org.chatpress.config.Settings;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.render.formats.ChatUrls;
import org.chatpress.render.json.ChatMetadata;
import org.chatpress.slack.SlackInteractionClient;
import org.chatpress.slack.SlackReader.UserProfile;
import org.chatpress.storage.Storage;
import org.chatpress.storage.Storage.StorageSettings;
import org.chatpress.store.ChannelRepository.ChannelRow;
import org.chatpress.store.ChannelRepository.Status;
import org.chatpress.store.Store;

/** What the answers say of chats and messages, from the settings and the store. Thread-safe. */
final class ChatReader {
    private static final int MAX_WORDS = 80;

    private final Supplier<Settings> settings;
    private final Store store;
    private final SlackInteractionClient slack;
    private final Clock clock;
    private volatile StorageNames storageNames = new StorageNames(List.of(), Set.of());

    /** The names of the storages in the settings; a storage is opened to learn its name. */
    private record StorageNames(List<StorageSettings> settings, Set<String> names) {}

    /** The number of a chat's messages by what editors ask for. */
    record Counts(int published, int pending, int held, int rejected) {
        @Override
        public String toString() {
            return "%d public, %d pending, %d held, %d rejected".formatted(published, pending, held, rejected);
        }
    }

    ChatReader(Supplier<Settings> settings, Store store, SlackInteractionClient slack, Clock clock) {
        this.settings = settings;
        this.store = store;
        this.slack = slack;
        this.clock = clock;
    }

    Store store() {
        return store;
    }

    Instant now() {
        return clock.instant();
    }

    /** The channels in the settings, in their order. */
    List<Channel> channels() {
        return settings.get().channels();
    }

    Settings settings() {
        return settings.get();
    }

    /** The settings of a channel; empty if it is not listed. */
    Optional<Channel> channel(ChannelId id) {
        return channels().stream().filter(channel -> channel.id().equals(id)).findFirst();
    }

    Optional<ChannelRow> row(Channel channel) {
        return store.channels().row(channel.id());
    }

    Counts counts(Channel channel) {
        Map<Verdict, Integer> counts = store.messages().counts(channel.id());
        return new Counts(
                row(channel).map(ChannelRow::count).orElse(0),
                counts.getOrDefault(Verdict.PENDING, 0) + counts.getOrDefault(Verdict.DELAYED, 0),
                counts.getOrDefault(Verdict.HELD, 0),
                counts.getOrDefault(Verdict.REJECTED, 0));
    }

    /** A chat's name for editors. */
    String title(Channel channel) {
        return metadata(channel)
                .map(ChatMetadata::headline)
                .filter(headline -> !headline.isBlank())
                .orElse(channel.slug().value());
    }

    /** In mrkdwn: whether the chat is live, and a link to its page. */
    String state(Channel channel) {
        if (channel.publishing().hidden()) {
            return "Hidden: readers see nothing of it";
        }
        boolean isLive = row(channel)
                .filter(known -> known.status() == Status.LISTED)
                .map(ChannelRow::isLive)
                .orElse(true);
        return (isLive ? "Live" : "Closed")
                + page(channel)
                        .map(url -> " · " + BlockBuilder.link(URI.create(url), "page for readers"))
                        .orElse("");
    }

    /** Where readers see a public message; empty if the settings name no page. */
    Optional<URI> publicUrl(Channel channel, MessageTs ts) {
        return page(channel)
                .map(page -> page + ChatUrls.anchor(ts))
                .or(() -> metadata(channel).flatMap(metadata -> new ChatUrls(metadata).message(ts)))
                .map(URI::create);
    }

    /** The page of the settings, which the metadata has only with feeds and pages. */
    private Optional<String> page(Channel channel) {
        return channel.publishing()
                .page()
                .map(page -> page.toASCIIString().replaceFirst("#.*", ""))
                .or(() -> metadata(channel).flatMap(metadata -> new ChatUrls(metadata).chat()));
    }

    private Optional<ChatMetadata> metadata(Channel channel) {
        return row(channel).flatMap(ChannelRow::metadata);
    }

    /** In mrkdwn: the storages that do not have every file. */
    List<String> failingStorages() {
        var failing = new ArrayList<String>();
        for (String name : storageNames()) {
            store.storages()
                    .status(name)
                    .filter(status -> status.failures() > 0 || status.conflict().isPresent())
                    .ifPresent(status -> failing.add(":warning: Publishing to " + BlockBuilder.escaped(name, 200)
                            + " fails. Last success: "
                            + status.lastSuccessAt().map(this::age).orElse("never") + "."));
        }
        return failing;
    }

    private Set<String> storageNames() {
        List<StorageSettings> listed = settings.get().storages();
        if (!storageNames.settings().equals(listed)) {
            storageNames = new StorageNames(
                    listed, listed.stream().map(ChatReader::nameOf).collect(Collectors.toSet()));
        }
        return storageNames.names();
    }

    private static String nameOf(StorageSettings listed) {
        try (Storage storage = listed.storage()) {
            return storage.name();
        }
    }

    /**
     * A message that waits for an approval.
     *
     * @param author the name, in mrkdwn
     * @param words the first of its words, in mrkdwn
     * @param url of the message in Slack
     */
    record PendingMessage(MessageTs ts, String author, String words, Optional<URI> url) {}

    /**
     * The pending messages of a chat, oldest first.
     *
     * @param skip so many of the oldest are left out
     */
    List<PendingMessage> pending(Channel channel, int limit, int skip) {
        return store.messages().pending(channel.id(), limit, skip).stream()
                .map(message -> pending(channel.id(), message.message()))
                .toList();
    }

    private PendingMessage pending(ChannelId channel, SlackMessage message) {
        String author = message.author().map(this::name).orElse("?");
        return new PendingMessage(
                message.ts(),
                BlockBuilder.escaped(author, MAX_WORDS),
                BlockBuilder.escaped(message.text(), MAX_WORDS),
                slack.permalink(channel, message.ts()));
    }

    /** A pending message with its age and a link to it in Slack, on one line of mrkdwn. */
    String line(PendingMessage message) {
        return "• " + message.author() + ", " + age(message.ts().instant()) + ": "
                + (message.words().isEmpty() ? "(no text)" : message.words())
                + message.url().map(url -> " " + BlockBuilder.link(url, "open")).orElse("");
    }

    /** A user's name, or the id if the name is not known. Plain text. */
    String name(UserId id) {
        return store.users()
                .profile(id)
                .map(UserProfile::displayName)
                .filter(name -> !name.isEmpty())
                .orElse(id.value());
    }

    /** For people: {@code 5 min ago}. */
    String age(Instant then) {
        Duration age = Duration.between(then, now());
        if (age.toMinutes() < 2) {
            return Math.max(0, age.toSeconds()) + " s ago";
        }
        if (age.toHours() < 2) {
            return age.toMinutes() + " min ago";
        }
        return age.toDays() < 2 ? age.toHours() + " h ago" : age.toDays() + " days ago";
    }
}
