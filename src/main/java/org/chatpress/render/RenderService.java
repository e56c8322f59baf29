package org.chatpress.render;

import static java.util.stream.Collectors.toSet;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.chatpress.config.Channel;
import org.chatpress.config.Settings;
import org.chatpress.cycle.context.CycleContext;
import org.chatpress.cycle.context.CycleMode.History;
import org.chatpress.cycle.context.CycleMode.Polling;
import org.chatpress.model.ChannelId;
import org.chatpress.poll.plan.PollPlan.ReadPosition;
import org.chatpress.poll.plan.ThreadPollPlan;
import org.chatpress.render.formats.FormatRenderer;
import org.chatpress.render.json.ChannelList;
import org.chatpress.render.json.ChatMetadata;
import org.chatpress.render.json.ChatRenderer;
import org.chatpress.render.json.ChatSource;
import org.chatpress.render.json.FileRole;
import org.chatpress.render.json.PublishingInfo;
import org.chatpress.render.json.PublishingInfo.OutputFormat;
import org.chatpress.render.json.RenderedChat;
import org.chatpress.store.ChannelRepository.ChannelRow;
import org.chatpress.store.ChannelRepository.Status;
import org.chatpress.store.Store;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Renders the chats that changed, and stores their files for the publisher. */
public final class RenderService {
    /** Limits uploads: files that hold much of the chat may take up so many compressed bytes a second on average. */
    private static final long MAX_BYTES_PER_SECOND = 4096;

    /** A change of the metadata makes every share page of the chat out of date: renders them over several cycles. */
    private static final int MAX_SHARE_PAGES_PER_CYCLE = 100;

    /** Rendering a long chat for the first time takes seconds, and other chats have messages meanwhile. */
    private static final int MAX_FIRST_MESSAGES_PER_CYCLE = 5_000;

    private static final Logger LOG = LoggerFactory.getLogger(RenderService.class);

    private final Store store;
    private final History history;
    private final Polling polling;

    /** @param polling ALL_CHANNELS: a chat is rendered as a whole, because there may be no next cycle */
    public RenderService(Store store, History history, Polling polling) {
        this.store = store;
        this.history = history;
        this.polling = polling;
    }

    /** The chats that {@link #render} would render now. */
    public List<ChannelId> channelsToRender(CycleContext context) {
        Instant now = context.now();
        Map<ChannelId, Instant> since = since(context.settings());
        return store.channels().all().stream()
                .filter(row -> filesToRender(row, now).isAny()
                        && isReady(row, since, context.report().backlog()))
                .map(ChannelRow::id)
                .toList();
    }

    /** Removes the files of hidden channels, and renders the chats of which something was taken down. */
    public void renderTakedowns(CycleContext context) {
        List<ChannelRow> channels = store.channels().all();
        boolean isChanged = channels.stream().filter(this::clearIfHidden).count() > 0;
        // A chat is also to be rendered because its metadata changed with the same settings.
        List<ChannelRow> withTakedown = channels.stream()
                .filter(row -> row.maxPointerSeq() > 0 && row.pointerSeq() != row.seq())
                .filter(row -> store.publicMessages().hasTakedownAfter(row.id(), row.maxPointerSeq()))
                .toList();
        render(withTakedown, context);
        deleteWithdrawn(channels, context);
        if (isChanged || !withTakedown.isEmpty()) {
            renderChannelList();
        }
    }

    /** A chat that waits to be read again is not rendered, so nothing would replace the files with withdrawn messages. */
    private void deleteWithdrawn(List<ChannelRow> channels, CycleContext context) {
        Set<ChannelId> withWithdrawn = context.channels().stream()
                .filter(channel -> !channel.approval().withdrawn().isEmpty())
                .map(Channel::id)
                .collect(toSet());
        if (withWithdrawn.isEmpty()) {
            return;
        }
        Map<ChannelId, Instant> since = since(context.settings());
        for (ChannelRow row : channels) {
            if (withWithdrawn.contains(row.id())
                    && !isReady(row, since, Set.of())
                    && store.files().deleteUnreplaced(row.id())) {
                LOG.warn(
                        "{}: a message is withdrawn while the channel waits to be read again; until then, the chat is not"
                                + " published",
                        row.metadata().orElseThrow().slug());
            }
        }
    }

    public void render(CycleContext context) {
        List<ChannelRow> channels = store.channels().all();
        channels.forEach(this::clearIfHidden);
        render(channels, context);
        renderChannelList();
    }

    /** True if a hidden channel had files. */
    private boolean clearIfHidden(ChannelRow row) {
        boolean isCleared = row.status() == Status.HIDDEN && store.files().has(row.id());
        if (isCleared) {
            store.files().clear(row.id());
        }
        return isCleared;
    }

    private void render(List<ChannelRow> channels, CycleContext context) {
        Instant now = context.now();
        Map<ChannelId, Instant> since = since(context.settings());
        for (ChannelRow row : channels) {
            FilesToRender due = filesToRender(row, now);
            if (due.isAny() && isReady(row, since, context.report().backlog())) {
                ChatSource chat = store.publicMessages().chat(row.id());
                Optional<RenderedChat> pages = polling == Polling.WHEN_DUE
                        ? ChatRenderer.firstPages(chat, MAX_FIRST_MESSAGES_PER_CYCLE)
                        : Optional.empty();
                if (pages.isPresent()) {
                    store.files().savePages(row.id(), pages.get());
                    context.report().addBacklog(row.id());
                } else {
                    store.files().save(row.id(), render(chat, due), row.seq(), now);
                    context.report().addRendered();
                }
            }
        }
    }

    private RenderedChat render(ChatSource chat, FilesToRender due) {
        RenderedChat rendered = ChatRenderer.render(chat, due.wholeChat());
        if (due.newest()) {
            rendered = rendered.withFiles(FormatRenderer.newestFormats(chat), FileRole.NEWEST_FILES);
        }
        if (due.sharePages()) {
            int limit = history == History.AS_STORED ? Integer.MAX_VALUE : MAX_SHARE_PAGES_PER_CYCLE;
            rendered = rendered.withFiles(FormatRenderer.sharePages(chat, limit), Set.of());
        }
        return rendered;
    }

    private void renderChannelList() {
        Set<ChannelId> rendered = store.files().channels();
        var entries = new ArrayList<ChannelList.Entry>();
        for (ChannelRow row : store.channels().all()) {
            if (row.status() == Status.LISTED && rendered.contains(row.id())) {
                entries.add(new ChannelList.Entry(row.metadata().orElseThrow(), row.count(), row.updated()));
            }
        }
        if (!entries.isEmpty() || store.files().hasChannelList()) {
            store.files().save(ChannelList.render(entries));
        }
    }

    /** True if a chat may be published: if enough of its history has been read and reviewed. */
    private boolean isReady(ChannelRow row, Map<ChannelId, Instant> since, Set<ChannelId> backlog) {
        if (row.metadata().isEmpty() || row.status() == Status.HIDDEN) {
            return false;
        }
        if (row.status() == Status.REMOVED) {
            return store.files().isRendered(row.id());
        }
        if (history == History.AS_STORED) {
            return true;
        }
        // When the settings move since back, a chat that was once complete stays published while older messages are
        // read.
        boolean wasComplete = row.backfilled() && row.range().isPresent();
        return wasComplete
                || (new ReadPosition(row.range(), row.gap(), Optional.empty()).reaches(since.get(row.id()))
                        && !backlog.contains(row.id())
                        && !store.threads().hasUnread(row.id(), ThreadPollPlan.MAX_FAILURES));
    }

    /**
     * Which files of a chat to render.
     *
     * @param wholeChat {@link FileRole#WHOLE_CHAT_FILES}
     * @param newest {@link FileRole#NEWEST_FILES}
     */
    private record FilesToRender(boolean pointer, boolean wholeChat, boolean newest, boolean sharePages) {
        boolean isAny() {
            return pointer || wholeChat || newest || sharePages;
        }
    }

    private FilesToRender filesToRender(ChannelRow row, Instant now) {
        boolean rendersAll = row.pointerSeq() < 0;
        PublishingInfo publishing = row.metadata().map(ChatMetadata::publishing).orElse(PublishingInfo.NONE);
        boolean hasFormats = !publishing.formats().isEmpty();
        return new FilesToRender(
                row.pointerSeq() != row.seq(),
                isDue(row, row.wholeSeq(), row.wholeAt(), row.wholeSize(), now),
                rendersAll
                        || (hasFormats
                                && isDue(row, row.newestFilesSeq(), row.newestFilesAt(), row.newestFilesSize(), now)),
                publishing.has(OutputFormat.SHARE_PAGES)
                        && store.publicMessages().hasMissingSharePages(row.id()));
    }

    /**
     * True if files that hold much of the chat are out of date and may be rendered: within the limit of bytes, or at
     * once after a takedown or a change of the metadata, and in a closed chat.
     *
     * @param seq the sequence number that the files show; -1: they were never rendered
     * @param renderedAt when they were last rendered
     * @param size their size in bytes, compressed
     */
    private boolean isDue(ChannelRow row, long seq, Optional<Instant> renderedAt, long size, Instant now) {
        if (seq == row.seq() && row.pointerSeq() >= 0) {
            return false;
        }
        if (seq < 0 || renderedAt.isEmpty() || !row.isLive()) {
            return true;
        }
        Duration interval = Duration.ofMillis(size * 1000 / MAX_BYTES_PER_SECOND);
        // A time in the future means that the clock was set back.
        return renderedAt.get().isAfter(now)
                || !renderedAt.get().plus(interval).isAfter(now)
                || row.pointerSeq() < 0
                || store.publicMessages().hasTakedownAfter(row.id(), seq);
    }

    private static Map<ChannelId, Instant> since(Settings settings) {
        var since = new HashMap<ChannelId, Instant>();
        for (Channel channel : settings.channels()) {
            since.put(channel.id(), channel.source().since());
        }
        return since;
    }
}
