package org.chatpress.cycle;

import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.chatpress.config.Channel;
import org.chatpress.config.Channel.Avatars;
import org.chatpress.config.Settings;
import org.chatpress.config.Settings.Organization;
import org.chatpress.cycle.context.CycleContext;
import org.chatpress.model.ChannelId;
import org.chatpress.render.json.ChatMetadata;
import org.chatpress.render.json.PublishingInfo;
import org.chatpress.store.ChannelRepository;
import org.chatpress.store.ChannelRepository.ChannelRow;
import org.chatpress.store.ChannelRepository.Status;
import org.chatpress.store.Store;
import org.chatpress.text.document.HtmlSanitizer;

/** Brings the store's channels in line with the settings. */
public final class ChannelRegistry {
    private final Store store;
    private final Supplier<String> epochs;
    private Optional<Settings> applied = Optional.empty();

    /** @param epochs gives a new random word each time */
    public ChannelRegistry(Store store, Supplier<String> epochs) {
        this.store = store;
        this.epochs = epochs;
    }

    void reconcile(CycleContext context) {
        Settings settings = context.settings();
        Instant now = context.now();
        if (applied.equals(Optional.of(settings))) {
            return;
        }
        store.inTransaction(() -> {
            Set<ChannelId> listed = new HashSet<>();
            Set<String> names = new HashSet<>();
            int place = 0;
            for (Channel channel : settings.channels()) {
                listed.add(channel.id());
                names.add(channel.slug().value());
                names.add(channel.publishing().file());
                reconcile(channel, settings, place++, now);
            }
            for (ChannelRow row : store.channels().all()) {
                if (!listed.contains(row.id())) {
                    leave(row, names, now);
                }
            }
        });
        applied = Optional.of(settings);
    }

    private void reconcile(Channel channel, Settings settings, int place, Instant now) {
        ChannelRepository channels = store.channels();
        if (channels.row(channel.id()).isEmpty()) {
            channels.add(channel.id(), epochs.get(), now);
        }
        ChannelRow row = channels.row(channel.id()).orElseThrow();
        if (channel.publishing().closed() != row.closedAt().isPresent()) {
            channels.setClosedAt(channel.id(), channel.publishing().closed() ? Optional.of(now) : Optional.empty());
        }
        Status status = channel.publishing().hidden() ? Status.HIDDEN : Status.LISTED;
        if (row.status() != status) {
            channels.setStatus(channel.id(), status, place);
        } else if (row.sortOrder() != place) {
            channels.setSortOrder(channel.id(), place);
        }
        ChatMetadata metadata = face(channel, settings);
        if (!row.metadata().equals(Optional.of(metadata))) {
            store.publicMessages().setMetadata(channel.id(), metadata, now);
        }
    }

    /** A channel that is no longer in the settings keeps its files, not live, unless another one took a name of theirs. */
    private void leave(ChannelRow row, Set<String> taken, Instant now) {
        if (row.status() == Status.LISTED) {
            store.channels().setStatus(row.id(), Status.REMOVED, row.sortOrder());
        }
        row.metadata()
                .filter(ChatMetadata::live)
                .ifPresent(metadata -> store.publicMessages().setMetadata(row.id(), metadata.asClosed(), now));
        boolean nameless = row.metadata()
                .map(metadata -> taken.contains(metadata.slug().value()) || taken.contains(metadata.file()))
                .orElse(true);
        if (nameless && store.files().has(row.id())) {
            store.files().clear(row.id());
        }
    }

    private static ChatMetadata face(Channel channel, Settings settings) {
        return new ChatMetadata(
                channel.id(),
                channel.slug(),
                channel.publishing().file(),
                channel.publishing().jsonp(),
                channel.presentation().headline(),
                HtmlSanitizer.sanitize(channel.presentation().description()),
                HtmlSanitizer.sanitize(channel.presentation().liveContent()),
                !channel.publishing().closed(),
                channel.presentation().timeZone().getId(),
                channel.presentation().extras(),
                imprint(channel, settings));
    }

    /** A chat that has no other forms says nothing of them but where its pictures are: it doesn't change when they would. */
    private static PublishingInfo imprint(Channel channel, Settings settings) {
        boolean mirrorsAvatars = channel.presentation().avatars() == Avatars.MIRROR;
        if (channel.publishing().formats().isEmpty() && !mirrorsAvatars) {
            return PublishingInfo.NONE.withPublicUrl(settings.publicUrl());
        }
        return new PublishingInfo(
                channel.publishing().formats(),
                channel.source().since(),
                channel.publishing().page(),
                settings.publicUrl(),
                settings.publisher().map(Organization::name).orElse(""),
                settings.publisher().flatMap(Organization::logo),
                settings.publisher().map(Organization::language).orElse("en"),
                mirrorsAvatars);
    }
}
