package org.chatpress.cycle;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.chatpress.approval.MessageReviewer;
import org.chatpress.config.Channel;
import org.chatpress.config.Settings;
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.model.ChannelId;
import org.chatpress.poll.ChannelPoller;
import org.chatpress.poll.EventDrivenPoller;
import org.chatpress.poll.PollScheduler;
import org.chatpress.poll.ThreadPoller;
import org.chatpress.publish.PublishService;
import org.chatpress.render.RenderService;

/**
 * One turn of the press: pull what is new in Slack, decide what may be seen, render it, publish it, see to photos.
 *
 * <p>Each step compares what should be with what is, does the difference, and writes down what was done; the store is
 * the only memory. Kill the process on any line and start it again: the published bytes end the same. Trouble with one
 * channel or one storage is noted in the report and stops no other; the next cycle tries again. Only the store's own
 * trouble ends a cycle.
 */
public final class Cycle {
    private final Supplier<Settings> settings;
    private final Clock clock;
    private final ChannelRegistry registry;
    private final EventDrivenPoller eventPoller;
    private final PollScheduler pollScheduler;
    private final ChannelPoller channelPoller;
    private final ThreadPoller threadPoller;
    private final MessageReviewer reviewer;
    private final RenderService renderer;
    private final PublishService publishing;
    private final BackgroundTasks background;

    public Cycle(
            Supplier<Settings> settings,
            Clock clock,
            ChannelRegistry registry,
            EventDrivenPoller eventPoller,
            PollScheduler pollScheduler,
            ChannelPoller channelPoller,
            ThreadPoller threadPoller,
            MessageReviewer reviewer,
            RenderService renderer,
            PublishService publishing,
            BackgroundTasks background) {
        this.settings = settings;
        this.clock = clock;
        this.registry = registry;
        this.eventPoller = eventPoller;
        this.pollScheduler = pollScheduler;
        this.channelPoller = channelPoller;
        this.threadPoller = threadPoller;
        this.reviewer = reviewer;
        this.renderer = renderer;
        this.publishing = publishing;
        this.background = background;
    }

    /** Does what there is to do, and says what came of it. */
    public CycleReport run() {
        Instant now = clock.instant();
        Settings current = settings.get();
        var report = new CycleReport(now);
        registry.reconcile(current, now);

        // PULL: what Slack rang for, and what the plan names of each channel whose turn it is; stored as it comes.
        Set<Channel> read = eventPoller.fetchKnown(current.channels(), report);
        for (Channel channel : pollScheduler.channelsToPoll(current, eventPoller.channelsWithUnreadEvents(), report)) {
            channelPoller.poll(channel, report);
            read.add(channel);
        }
        read.addAll(eventPoller.fetchNew(current.channels(), report));
        if (pollScheduler.mayRescan(now)) {
            channelPoller.rescan(current.channels(), report);
        }
        threadPoller.poll(read, report);

        // APPROVE: verdicts and public messages of what changed.
        reviewer.beginCycle(current, now);
        for (Channel channel : current.channels()) {
            reviewer.review(channel, now, report);
        }

        // RENDER: public messages to files. Storages with a site that isn't ours are met first.
        Set<ChannelId> unknownPast =
                publishing.verifyOwnership(current, renderer.channelsToRender(current, now), report);
        for (Channel channel : current.channels()) {
            if (unknownPast.contains(channel.id())) {
                channelPoller.rescanAll(channel, report);
                threadPoller.poll(List.of(channel), report);
                reviewer.review(channel, now, report);
            }
        }
        renderer.render(current, now, report);

        // PUBLISH: to every storage at once, removals first, pointers last.
        publishing.publish(current, now, report);

        // PHOTOS: those taken down leave the drop; the others go on beside the cycles that follow, as do copies of
        // authors' pictures and custom emoji, and marks in Slack.
        background.run(current, report);

        pollScheduler.recordPolls(report);
        return report;
    }
}
