package org.chatpress.cycle;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.chatpress.config.Channel;
import org.chatpress.config.Channel.Avatars;
import org.chatpress.config.Channel.Closing;
import org.chatpress.config.Settings;
import org.chatpress.config.Settings.Organization;
import org.chatpress.cycle.context.CycleContext;
import org.chatpress.model.ChannelId;
import org.chatpress.render.json.ChatMetadata;
import org.chatpress.render.json.PublishingInfo;
import org.chatpress.render.json.PublishingInfo.OutputFormat;
import org.chatpress.store.ChannelRepository;
import org.chatpress.store.ChannelRepository.ChannelRow;
import org.chatpress.store.ChannelRepository.ClosingTime;
import org.chatpress.store.ChannelRepository.Status;
import org.chatpress.store.Store;
import org.chatpress.text.document.HtmlSanitizer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the store's channels as the settings list them. */
public final class ChannelRegistry {
    private static final Logger LOG = LoggerFactory.getLogger(ChannelRegistry.class);

    private final Store store;
    private final Supplier<String> epochs;
    private Optional<Settings> applied = Optional.empty();

    /** @param epochs returns a new random word at each call */
    public ChannelRegistry(Store store, Supplier<String> epochs) {
        this.store = store;
        this.epochs = epochs;
    }

    /** Adds, updates and removes channels if the settings have changed since the last call. */
    void reconcile(CycleContext context) {
        Settings settings = context.settings();
        Instant now = context.now();
        if (applied.equals(Optional.of(settings))) {
            return;
        }
        store.inTransaction(() -> {
            // First, because what follows may open, close or hide a chat.
            store.outbox().recordReceivers(settings.webhooks(), settings.hubs());
            Set<ChannelId> listed = new HashSet<>();
            Set<String> usedNames = new HashSet<>();
            int sortOrder = 0;
            for (Channel channel : settings.channels()) {
                listed.add(channel.id());
                usedNames.add(channel.slug().value());
                usedNames.add(channel.publishing().file());
                reconcile(channel, settings, sortOrder++, now);
            }
            for (ChannelRow row : store.channels().all()) {
                if (!listed.contains(row.id())) {
                    remove(row, usedNames, now);
                }
            }
        });
        applied = Optional.of(settings);
    }

    private void reconcile(Channel channel, Settings settings, int sortOrder, Instant now) {
        ChannelRepository channels = store.channels();
        if (channels.row(channel.id()).isEmpty()) {
            channels.add(channel.id(), epochs.get(), now);
        }
        ChannelRow row = channels.row(channel.id()).orElseThrow();
        Closing closing = channel.publishing().closing();
        if (!closing.isClosed() && row.closing().state() != ClosingTime.State.NONE) {
            channels.setClosing(channel.id(), ClosingTime.NONE);
        }
        if (closing.at().isPresent() && !row.closing().time().equals(closing.at())) {
            channels.setClosing(channel.id(), ClosingTime.at(closing.at().get()));
        }
        Status status = channel.publishing().hidden() ? Status.HIDDEN : Status.LISTED;
        if (row.status() != status) {
            if (row.status() == Status.REMOVED) {
                LOG.info("{}: in the settings again", channel.slug());
            }
            channels.setStatus(channel.id(), status, sortOrder, now);
        } else if (row.sortOrder() != sortOrder) {
            channels.setSortOrder(channel.id(), sortOrder);
        }
        ChatMetadata metadata = withState(metadata(channel, settings), channel, row.metadata(), now);
        if (!row.metadata().equals(Optional.of(metadata))) {
            store.publicMessages().setMetadata(channel.id(), metadata, now);
        }
    }

    /** A removed channel keeps its published files, as a closed chat, unless another channel now uses one of its names. */
    private void remove(ChannelRow row, Set<String> usedNames, Instant now) {
        if (row.status() == Status.LISTED) {
            LOG.warn(
                    "{}: no longer in the settings; its files stay published, as a closed chat."
                            + " If two settings files use this database, give each a database of its own.",
                    row.name());
            store.channels().setStatus(row.id(), Status.REMOVED, row.sortOrder(), now);
        }
        row.metadata()
                .filter(ChatMetadata::live)
                .ifPresent(metadata ->
                        store.publicMessages().setMetadata(row.id(), metadata.asEnded(Optional.empty()), now));
        boolean lostItsName = row.metadata()
                .map(metadata -> usedNames.contains(metadata.slug().value()) || usedNames.contains(metadata.file()))
                .orElse(true);
        if (lostItsName && store.files().has(row.id())) {
            store.outbox().addTakedown(row.id(), row.seq(), now);
            store.files().clear(row.id());
        }
    }

    private static ChatMetadata metadata(Channel channel, Settings settings) {
        return new ChatMetadata(
                channel.id(),
                channel.slug(),
                channel.publishing().file(),
                channel.publishing().jsonp(),
                channel.presentation().headline(),
                HtmlSanitizer.sanitize(channel.presentation().description()),
                HtmlSanitizer.sanitize(channel.presentation().liveContent()),
                true,
                Optional.empty(),
                channel.presentation().timeZone().getId(),
                channel.presentation().extras(),
                publishingInfo(channel, settings));
    }

    /** {@link ClosingTimeRecorder} ends a chat, once Slack's time is known; a new one is not rendered before. */
    private static ChatMetadata withState(
            ChatMetadata live, Channel channel, Optional<ChatMetadata> previous, Instant now) {
        Closing closing = channel.publishing().closing();
        if (!closing.isClosed()) {
            return live;
        }
        boolean wasLive = previous.map(ChatMetadata::live)
                .orElse(closing.at().filter(now::isBefore).isPresent());
        return wasLive ? live : live.asEnded(previous.flatMap(ChatMetadata::closedAt));
    }

    /** A chat without feeds and pages leaves out what only they contain, so it is not rendered again when that changes. */
    private static PublishingInfo publishingInfo(Channel channel, Settings settings) {
        String language = channel.presentation()
                .language()
                .or(() -> settings.publisher().map(Organization::language))
                .orElse("en");
        boolean mirrorsAvatars = channel.presentation().avatars() == Avatars.MIRROR;
        if (channel.publishing().formats().isEmpty() && !mirrorsAvatars) {
            return PublishingInfo.NONE.withPublicUrl(settings.publicUrl()).withLanguage(language);
        }
        Set<OutputFormat> formats = channel.publishing().formats();
        boolean hasFeed = formats.contains(OutputFormat.JSON_FEED) || formats.contains(OutputFormat.ATOM);
        return new PublishingInfo(
                formats,
                channel.source().since(),
                channel.publishing().page(),
                settings.publicUrl(),
                settings.publisher().map(Organization::name).orElse(""),
                settings.publisher().flatMap(Organization::logo),
                language,
                mirrorsAvatars,
                hasFeed && settings.publicUrl().isPresent() ? settings.hubs() : List.of());
    }
}
