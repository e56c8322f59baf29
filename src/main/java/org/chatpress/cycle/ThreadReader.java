package org.chatpress.cycle;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;
import org.chatpress.config.Settings.Channel;
import org.chatpress.failure.RemoteFailure;
import org.chatpress.model.ThreadReading;
import org.chatpress.pull.KnownThread;
import org.chatpress.pull.ThreadPlan;
import org.chatpress.slack.Slack;
import org.chatpress.store.Store;

/** Reads threads from Slack into the store, as each channel's plan says: editors' notes are there, and replies. */
public final class ThreadReader {
    /** One thread that Slack cannot give must not stand in the way of the next; a silent Slack may. */
    private static final int PATIENCE = 3;

    private final Slack slack;
    private final Store store;
    private final ChannelReader channels;
    private final IntSupplier callsLeft;

    /**
     * @param channels asks Slack for replies that are missing
     * @param callsLeft how many threads Slack's rate limit lets be read now
     */
    public ThreadReader(Slack slack, Store store, ChannelReader channels, IntSupplier callsLeft) {
        this.slack = slack;
        this.store = store;
        this.channels = channels;
        this.callsLeft = callsLeft;
    }

    void read(Collection<Channel> channelsRead, CycleReport report) {
        for (Channel channel : channelsRead) {
            List<KnownThread> known =
                    store.threads().worthACall(channel.id(), report.startedAt().minus(channel.delay()));
            int failures = 0;
            for (KnownThread thread : ThreadPlan.toRead(known, report.startedAt(), callsLeft.getAsInt())) {
                if (failures < PATIENCE && !read(channel, thread, report)) {
                    failures++;
                }
            }
            if (!known.isEmpty()) {
                channels.askForSuspects(channel, report);
            }
        }
    }

    private boolean read(Channel channel, KnownThread thread, CycleReport report) {
        try {
            Optional<ThreadReading> reading = slack.thread(channel.id(), thread.root());
            reading.ifPresentOrElse(
                    there -> report.addRead(store.messages().keep(there)),
                    () -> store.messages().suspect(channel.id(), List.of(thread.root())));
            store.threads().read(channel.id(), thread, report.startedAt());
            return true;
        } catch (RemoteFailure e) {
            store.threads().failed(channel.id(), thread.root(), report.startedAt());
            report.add(channel.slug().value(), e);
            return false;
        }
    }
}
