package org.chatpress.cycle;

import java.time.Instant;
import java.util.List;
import org.chatpress.approval.MessageReviewer;
import org.chatpress.config.Settings;
import org.chatpress.config.Settings.Channel;
import org.chatpress.cycle.context.CycleReport;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.publish.PublishService;
import org.chatpress.render.RenderService;
import org.chatpress.store.Store;

/** A cycle without its pull: from what the store has, or from an export. */
public final class OfflineCycle {
    private final Store store;
    private final ChannelRegistry roster;
    private final MessageReviewer desk;
    private final RenderService press;
    private final PublishService delivery;

    public OfflineCycle(
            Store store, ChannelRegistry roster, MessageReviewer desk, RenderService press, PublishService delivery) {
        this.store = store;
        this.roster = roster;
        this.desk = desk;
        this.press = press;
        this.delivery = delivery;
    }

    /** Brings the store's channels in line with the settings; comes before anything else. */
    public void begin(Settings settings, Instant now) {
        roster.apply(settings, now);
        desk.open(settings, now);
    }

    /** Keeps an export's messages of one channel and judges them; gives how many were new or changed. */
    public int take(Channel channel, List<SlackMessage> messages, Instant now) {
        int kept = store.messages().keepImported(channel.id(), messages, channel.since(), now);
        desk.judge(channel, now, new CycleReport(now));
        return kept;
    }

    /** Judges what waits, renders and publishes. */
    public CycleReport publish(Settings settings, Instant now) {
        var report = new CycleReport(now);
        begin(settings, now);
        for (Channel channel : settings.channels()) {
            desk.judge(channel, now, report);
        }
        delivery.meet(settings, press.changed(settings, now), report);
        press.render(settings, now, report);
        do {
            delivery.deliver(settings, now, report);
        } while (report.isGood() && delivery.hasWork(settings, now));
        return report;
    }
}
