package org.chatpress.cycle;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.chatpress.config.Settings;
import org.chatpress.config.Settings.Channel;
import org.chatpress.model.ChannelId;
import org.chatpress.pull.Position;
import org.chatpress.render.ChannelList;
import org.chatpress.render.ChatRenderer;
import org.chatpress.render.Edition;
import org.chatpress.render.Face;
import org.chatpress.store.Channels.Row;
import org.chatpress.store.Channels.Status;
import org.chatpress.store.Store;

/** Renders the chats that changed, and writes down which files are wanted from then on. */
public final class PressRoom {
    /** The whole chat's file grows with the chat, so it may cost so many compressed bytes a second on average. */
    private static final long WHOLE_BYTES_PER_SECOND = 4096;

    private final Store store;
    private final Completeness completeness;

    /** Whether a chat may be published. */
    public enum Completeness {
        /** Not before Slack was read back to {@code since}: a chat never shrinks because we are still reading. */
        REQUIRED,
        /** Whatever the store has. */
        AS_IT_IS
    }

    public PressRoom(Store store, Completeness completeness) {
        this.store = store;
        this.completeness = completeness;
    }

    /** The chats that {@link #render} would render now. */
    List<ChannelId> changed(Settings settings, Instant now) {
        Map<ChannelId, Instant> since = since(settings);
        return store.channels().all().stream()
                .filter(row -> isReady(row, since) && (pointerIsDue(row) || wholeIsDue(row, now)))
                .map(Row::id)
                .toList();
    }

    void render(Settings settings, Instant now, CycleReport report) {
        Map<ChannelId, Instant> since = since(settings);
        for (Row row : store.channels().all()) {
            if (row.status() == Status.HIDDEN) {
                if (store.files().has(row.id())) {
                    store.files().clear(row.id());
                }
                continue;
            }
            boolean whole = wholeIsDue(row, now);
            if (isReady(row, since) && (pointerIsDue(row) || whole)) {
                Edition edition = ChatRenderer.render(store.chats().chat(row.id()), whole);
                store.files().save(row.id(), edition, row.seq(), now);
                report.addRendered();
            }
        }
        renderChannelList();
    }

    private void renderChannelList() {
        var entries = new ArrayList<ChannelList.Entry>();
        for (Row row : store.channels().all()) {
            if (row.status() == Status.LISTED && store.files().has(row.id())) {
                entries.add(new ChannelList.Entry(row.face().orElseThrow(), row.count(), row.updated()));
            }
        }
        if (!entries.isEmpty() || store.files().hasChannelList()) {
            store.files().save(ChannelList.render(entries));
        }
    }

    private boolean isReady(Row row, Map<ChannelId, Instant> since) {
        if (row.face().isEmpty() || row.status() == Status.HIDDEN) {
            return false;
        }
        if (row.status() == Status.LEFT) {
            return store.files().has(row.id());
        }
        if (completeness == Completeness.AS_IT_IS) {
            return true;
        }
        // An earlier since holds up no chat that was once complete: what is older comes when it has been read.
        boolean publishedBefore = row.complete() && row.range().isPresent();
        return publishedBefore || new Position(row.range(), Optional.empty()).reaches(since.get(row.id()));
    }

    private static boolean pointerIsDue(Row row) {
        return row.rendered() != row.seq();
    }

    private boolean wholeIsDue(Row row, Instant now) {
        if (row.wholeSeq() == row.seq() && row.rendered() >= 0) {
            return false;
        }
        if (row.wholeSeq() < 0
                || row.wholeAt().isEmpty()
                || !row.face().map(Face::live).orElse(true)) {
            return true;
        }
        Duration budget = Duration.ofMillis(row.wholeSize() * 1000 / WHOLE_BYTES_PER_SECOND);
        return !row.wholeAt().get().plus(budget).isAfter(now)
                || row.rendered() < 0
                || store.chats().tookDownAfter(row.id(), row.wholeSeq());
    }

    private static Map<ChannelId, Instant> since(Settings settings) {
        var since = new HashMap<ChannelId, Instant>();
        for (Channel channel : settings.channels()) {
            since.put(channel.id(), channel.since());
        }
        return since;
    }
}
