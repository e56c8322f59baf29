package org.chatpress.cycle;

import java.time.Clock;
import java.util.List;
import java.util.function.Supplier;
import org.chatpress.approval.MessageReviewer;
import org.chatpress.config.Channel;
import org.chatpress.config.Settings;
import org.chatpress.cycle.context.CycleContext;
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.publish.PublishService;
import org.chatpress.render.RenderService;
import org.chatpress.store.Store;

/** The stages of a cycle after polling, for {@code import} and {@code render}, which work without Slack. */
public final class OfflineCycle {
    private final Supplier<Settings> settings;
    private final Clock clock;
    private final Store store;
    private final ChannelRegistry registry;
    private final ClosingTimeRecorder closings;
    private final MessageReviewer reviewer;
    private final RenderService renderer;
    private final PublishService publishing;
    private final CycleReport report;

    public OfflineCycle(
            Supplier<Settings> settings,
            Clock clock,
            Store store,
            ChannelRegistry registry,
            ClosingTimeRecorder closings,
            MessageReviewer reviewer,
            RenderService renderer,
            PublishService publishing) {
        this.settings = settings;
        this.clock = clock;
        this.store = store;
        this.registry = registry;
        this.closings = closings;
        this.reviewer = reviewer;
        this.renderer = renderer;
        this.publishing = publishing;
        this.report = new CycleReport(clock.instant());
    }

    /** What was done so far. */
    public CycleReport report() {
        return report;
    }

    /** Saves a part of one channel's messages from an export; returns how many are new or changed. */
    public int importMessages(Channel channel, List<SlackMessage> messages) {
        CycleContext context = start();
        int imported = store.messages()
                .saveImported(channel.id(), messages, channel.source().since(), context.now());
        report.addMessagesRead(imported);
        return imported;
    }

    /** Reviews the messages of one channel that need it. */
    public void review(Channel channel) {
        reviewer.reviewAll(List.of(channel), start());
    }

    /** Reviews what is pending, renders every chat, and publishes until nothing is left to upload or delete. */
    public CycleReport publish() {
        CycleContext context = start();
        reviewer.reviewAll(context.channels(), context);
        publishing.takeDown(context);
        publishing.verifyOwnership(context, renderer.channelsToRender(context));
        renderer.render(context);
        do {
            publishing.publish(context);
        } while (context.report().isComplete() && publishing.hasWork(context));
        return context.report();
    }

    private CycleContext start() {
        var context = new CycleContext(settings.get(), clock.instant(), report);
        registry.reconcile(context);
        closings.record(context);
        return context;
    }
}
