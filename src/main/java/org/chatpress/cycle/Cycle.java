package org.chatpress.cycle;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.chatpress.approval.MessageReviewer;
import org.chatpress.config.Channel;
import org.chatpress.config.Settings;
import org.chatpress.cycle.context.CycleContext;
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.model.ChannelId;
import org.chatpress.notify.Notifier;
import org.chatpress.poll.ChannelPoller;
import org.chatpress.poll.EventDrivenPoller;
import org.chatpress.poll.PollScheduler;
import org.chatpress.poll.ThreadPoller;
import org.chatpress.publish.PublishService;
import org.chatpress.render.RenderService;

/**
 * One run of the pipeline: take down, poll Slack, review messages, render the chats that changed, publish them, send
 * webhooks, process photos and clips.
 *
 * <p>Each stage compares the desired state with the actual state, acts on the difference, and saves what it did. All state
 * is in the database: the process may be killed on any line, and after a restart it publishes the same bytes. If a channel
 * or storage fails, the report says so, the others continue, and the next cycle tries again. Only a failure of the
 * database itself ends a cycle early.
 */
public final class Cycle {
    private final Supplier<Settings> settings;
    private final Clock clock;
    private final ChannelRegistry registry;
    private final EventDrivenPoller eventPoller;
    private final PollScheduler pollScheduler;
    private final ChannelPoller channelPoller;
    private final ThreadPoller threadPoller;
    private final ClosingTimeRecorder closings;
    private final MessageReviewer reviewer;
    private final RenderService renderer;
    private final PublishService publishing;
    private final BackgroundTasks backgroundTasks;
    private final Notifier notifier;
    private volatile Optional<CycleReport> inProgress = Optional.empty();

    public Cycle(
            Supplier<Settings> settings,
            Clock clock,
            ChannelRegistry registry,
            EventDrivenPoller eventPoller,
            PollScheduler pollScheduler,
            ChannelPoller channelPoller,
            ThreadPoller threadPoller,
            ClosingTimeRecorder closings,
            MessageReviewer reviewer,
            RenderService renderer,
            PublishService publishing,
            BackgroundTasks backgroundTasks,
            Notifier notifier) {
        this.settings = settings;
        this.clock = clock;
        this.registry = registry;
        this.eventPoller = eventPoller;
        this.pollScheduler = pollScheduler;
        this.channelPoller = channelPoller;
        this.threadPoller = threadPoller;
        this.closings = closings;
        this.reviewer = reviewer;
        this.renderer = renderer;
        this.publishing = publishing;
        this.backgroundTasks = backgroundTasks;
        this.notifier = notifier;
    }

    /** The report of the cycle that another thread runs now, as far as it has come. */
    public Optional<CycleReport> inProgress() {
        return inProgress;
    }

    /** Runs every stage once; returns what was done and what failed. */
    public CycleReport run() {
        var context = new CycleContext(settings.get(), clock.instant());
        inProgress = Optional.of(context.report());
        try {
            run(context);
        } finally {
            inProgress = Optional.empty();
        }
        return context.report();
    }

    private void run(CycleContext context) {
        registry.reconcile(context);

        // TAKE DOWN what the settings hide or withdraw, and what is still to be deleted, before Slack is asked for
        // anything.
        reviewer.withdraw(context);
        renderer.renderTakedowns(context);
        publishing.takeDown(context);
        backgroundTasks.takeDownPhotos(context);

        // POLL: messages named by socket events, then the channels that are due, then pages of gaps and backfills, then
        // one page of the rescan, then threads.
        Set<Channel> polled = eventPoller.fetchKnown(context);
        for (Channel channel : pollScheduler.channelsToPoll(context, eventPoller.channelsWithUnreadEvents())) {
            if (hasNewSettings(context)) {
                // They may hide something, and Slack may be slow: the next cycle begins with that.
                break;
            }
            channelPoller.poll(channel, context);
            polled.add(channel);
        }
        polled.addAll(eventPoller.fetchNew(context));
        polled.addAll(channelPoller.catchUp(context, pollScheduler::mayCatchUp));
        if (!hasNewSettings(context) && pollScheduler.mayRescan(context)) {
            channelPoller.rescan(context);
        }
        threadPoller.poll(polled, context);
        closings.record(context);

        // APPROVE: verdicts and public messages of what changed.
        reviewer.review(context.channels(), context);

        // RENDER: public messages to files. A storage that holds files of another database is checked first, and the
        // channels that this database does not know well enough are read again.
        Set<ChannelId> toRescan = publishing.verifyOwnership(context, renderer.channelsToRender(context));
        Set<ChannelId> toReview = closings.confirm(context, id -> publishing.closings(id, context));
        for (Channel channel : context.channels()) {
            if (toRescan.contains(channel.id())) {
                channelPoller.rescanAll(channel, context);
                threadPoller.poll(List.of(channel), context);
            }
            if (toRescan.contains(channel.id()) || toReview.contains(channel.id())) {
                reviewer.reviewAll(List.of(channel), context);
            }
        }
        renderer.render(context);

        // PUBLISH: each storage has a worker of its own. Takedowns first, pointers last.
        publishing.publish(context);

        // NOTIFY: events to webhooks, and pings to WebSub hubs for new feeds. The CDNs are purged meanwhile.
        notifier.run(context);
        publishing.finishPurges(context);

        // BACKGROUND: photos, clips, avatars, custom emoji, feedback in Slack.
        backgroundTasks.run(context);

        pollScheduler.recordPolls(context);
    }

    private boolean hasNewSettings(CycleContext context) {
        return !settings.get().equals(context.settings());
    }
}
