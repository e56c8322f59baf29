package org.chatpress.cycle;

import java.time.Instant;
import java.util.List;
import org.chatpress.approval.MessageReviewer;
import org.chatpress.config.Channel;
import org.chatpress.config.Settings;
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.publish.PublishService;
import org.chatpress.render.RenderService;
import org.chatpress.store.Store;

/** A cycle without its pull: from what the store has, or from an export. */
public final class OfflineCycle {
    private final Store store;
    private final ChannelRegistry registry;
    private final MessageReviewer reviewer;
    private final RenderService renderer;
    private final PublishService publishing;

    public OfflineCycle(
            Store store,
            ChannelRegistry registry,
            MessageReviewer reviewer,
            RenderService renderer,
            PublishService publishing) {
        this.store = store;
        this.registry = registry;
        this.reviewer = reviewer;
        this.renderer = renderer;
        this.publishing = publishing;
    }

    /** Brings the store's channels in line with the settings; comes before anything else. */
    public void begin(Settings settings, Instant now) {
        registry.reconcile(settings, now);
        reviewer.beginCycle(settings, now);
    }

    /** Keeps an export's messages of one channel and judges them; gives how many were new or changed. */
    public int importMessages(Channel channel, List<SlackMessage> messages, Instant now) {
        int kept = store.messages()
                .saveImported(channel.id(), messages, channel.source().since(), now);
        reviewer.review(channel, now, new CycleReport(now));
        return kept;
    }

    /** Judges what waits, renders and publishes. */
    public CycleReport publish(Settings settings, Instant now) {
        var report = new CycleReport(now);
        begin(settings, now);
        for (Channel channel : settings.channels()) {
            reviewer.review(channel, now, report);
        }
        publishing.verifyOwnership(settings, renderer.channelsToRender(settings, now), report);
        renderer.render(settings, now, report);
        do {
            publishing.publish(settings, now, report);
        } while (report.isComplete() && publishing.hasWork(settings, now));
        return report;
    }
}
