package org.chatpress.poll;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;
import org.chatpress.config.Settings.Channel;
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.error.RemoteException;
import org.chatpress.model.slack.ThreadPage;
import org.chatpress.poll.plan.ThreadCandidate;
import org.chatpress.poll.plan.ThreadPollPlan;
import org.chatpress.slack.SlackClient;
import org.chatpress.store.Store;

/** Reads threads from Slack into the store, as each channel's plan says: editors' notes are there, and replies. */
public final class ThreadPoller {
    /** One thread that Slack cannot give must not stand in the way of the next; a silent Slack may. */
    private static final int PATIENCE = 3;

    private final SlackClient slack;
    private final Store store;
    private final ChannelPoller channels;
    private final IntSupplier callsLeft;

    /**
     * @param channels asks Slack for replies that are missing
     * @param callsLeft how many threads Slack's rate limit lets be read now
     */
    public ThreadPoller(SlackClient slack, Store store, ChannelPoller channels, IntSupplier callsLeft) {
        this.slack = slack;
        this.store = store;
        this.channels = channels;
        this.callsLeft = callsLeft;
    }

    public void read(Collection<Channel> channelsRead, CycleReport report) {
        for (Channel channel : channelsRead) {
            List<ThreadCandidate> known =
                    store.threads().worthACall(channel.id(), report.startedAt().minus(channel.delay()));
            int failures = 0;
            for (ThreadCandidate thread : ThreadPollPlan.toRead(known, report.startedAt(), callsLeft.getAsInt())) {
                if (failures < PATIENCE && !read(channel, thread, report)) {
                    failures++;
                }
            }
            if (!known.isEmpty()) {
                channels.askForSuspects(channel, report);
            }
        }
    }

    private boolean read(Channel channel, ThreadCandidate thread, CycleReport report) {
        try {
            Optional<ThreadPage> reading = slack.thread(channel.id(), thread.root());
            reading.ifPresentOrElse(
                    there -> report.addRead(store.messages().keep(there)),
                    () -> store.messages().suspect(channel.id(), List.of(thread.root())));
            store.threads().read(channel.id(), thread, report.startedAt());
            return true;
        } catch (RemoteException e) {
            store.threads().failed(channel.id(), thread.root(), report.startedAt());
            report.add(channel.slug().value(), e);
            return false;
        }
    }
}
