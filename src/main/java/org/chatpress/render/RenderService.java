package org.chatpress.render;

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
import org.chatpress.model.ChannelId;
import org.chatpress.model.OutputFormat;
import org.chatpress.poll.plan.ReadPosition;
import org.chatpress.render.formats.FormatRenderer;
import org.chatpress.render.json.ChannelList;
import org.chatpress.render.json.ChatMetadata;
import org.chatpress.render.json.ChatRenderer;
import org.chatpress.render.json.ChatSource;
import org.chatpress.render.json.FileRole;
import org.chatpress.render.json.PublishingInfo;
import org.chatpress.render.json.RenderedChat;
import org.chatpress.store.ChannelRepository.ChannelRow;
import org.chatpress.store.ChannelRepository.Status;
import org.chatpress.store.Store;

/** Renders the chats that changed, and writes down which files are wanted from then on. */
public final class RenderService {
    /** Files that hold much of the chat may cost so many compressed bytes a second on average. */
    private static final long BYTES_PER_SECOND = 4096;

    /** One message is one share page; a change of the chat's own words is one for each message, over many cycles. */
    private static final int SHARE_PAGES_PER_CYCLE = 100;

    private final Store store;
    private final History history;

    public RenderService(Store store, History history) {
        this.store = store;
        this.history = history;
    }

    /** The chats that {@link #render} would render now. */
    public List<ChannelId> channelsToRender(CycleContext context) {
        Instant now = context.now();
        Map<ChannelId, Instant> since = since(context.settings());
        return store.channels().all().stream()
                .filter(row -> isReady(row, since) && due(row, now).isAny())
                .map(ChannelRow::id)
                .toList();
    }

    public void render(CycleContext context) {
        Instant now = context.now();
        Map<ChannelId, Instant> since = since(context.settings());
        for (ChannelRow row : store.channels().all()) {
            if (row.status() == Status.HIDDEN) {
                if (store.files().has(row.id())) {
                    store.files().clear(row.id());
                }
                continue;
            }
            FilesToRender due = due(row, now);
            if (isReady(row, since) && due.isAny()) {
                store.files().save(row.id(), edition(store.publicMessages().chat(row.id()), due), row.seq(), now);
                context.report().addRendered();
            }
        }
        renderChannelList();
    }

    private RenderedChat edition(ChatSource chat, FilesToRender due) {
        RenderedChat rendered = ChatRenderer.render(chat, due.wholeChat());
        if (due.newest()) {
            rendered = rendered.withFiles(FormatRenderer.newestFormats(chat), FileRole.NEWEST_FILES);
        }
        if (due.sharePages()) {
            int most = history == History.AS_STORED ? Integer.MAX_VALUE : SHARE_PAGES_PER_CYCLE;
            rendered = rendered.withFiles(FormatRenderer.sharePages(chat, most), Set.of());
        }
        return rendered;
    }

    private void renderChannelList() {
        var entries = new ArrayList<ChannelList.Entry>();
        for (ChannelRow row : store.channels().all()) {
            if (row.status() == Status.LISTED && store.files().has(row.id())) {
                entries.add(new ChannelList.Entry(row.metadata().orElseThrow(), row.count(), row.updated()));
            }
        }
        if (!entries.isEmpty() || store.files().hasChannelList()) {
            store.files().save(ChannelList.render(entries));
        }
    }

    private boolean isReady(ChannelRow row, Map<ChannelId, Instant> since) {
        if (row.metadata().isEmpty() || row.status() == Status.HIDDEN) {
            return false;
        }
        if (row.status() == Status.REMOVED) {
            return store.files().has(row.id());
        }
        if (history == History.AS_STORED) {
            return true;
        }
        // An earlier since holds up no chat that was once complete: what is older comes when it has been read.
        boolean publishedBefore = row.backfilled() && row.range().isPresent();
        return publishedBefore
                || (new ReadPosition(row.range(), Optional.empty()).reaches(since.get(row.id()))
                        && !store.threads().hasUnread(row.id()));
    }

    /**
     * What of a chat is to be rendered.
     *
     * @param wholeChat the files that hold every message
     * @param newest the other forms, which hold the newest messages
     */
    private record FilesToRender(boolean pointer, boolean wholeChat, boolean newest, boolean sharePages) {
        boolean isAny() {
            return pointer || wholeChat || newest || sharePages;
        }
    }

    private FilesToRender due(ChannelRow row, Instant now) {
        boolean afresh = row.pointerSeq() < 0;
        PublishingInfo publishing = row.metadata().map(ChatMetadata::publishing).orElse(PublishingInfo.NONE);
        boolean hasForms = !publishing.formats().isEmpty();
        return new FilesToRender(
                row.pointerSeq() != row.seq(),
                isDue(row, row.wholeSeq(), row.wholeAt(), row.wholeSize(), now),
                afresh
                        || (hasForms
                                && isDue(row, row.newestFilesSeq(), row.newestFilesAt(), row.newestFilesSize(), now)),
                publishing.has(OutputFormat.SHARE_PAGES)
                        && store.publicMessages().hasMissingSharePages(row.id()));
    }

    /** Within the budget, and at once for new words of the chat's own, a takedown and in a closed chat. */
    private boolean isDue(ChannelRow row, long seq, Optional<Instant> at, long size, Instant now) {
        if (seq == row.seq() && row.pointerSeq() >= 0) {
            return false;
        }
        if (seq < 0 || at.isEmpty() || !row.metadata().map(ChatMetadata::live).orElse(true)) {
            return true;
        }
        Duration budget = Duration.ofMillis(size * 1000 / BYTES_PER_SECOND);
        // A time to come was noted before the clock was set back.
        return at.get().isAfter(now)
                || !at.get().plus(budget).isAfter(now)
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
