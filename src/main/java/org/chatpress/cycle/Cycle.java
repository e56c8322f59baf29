package org.chatpress.cycle;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.chatpress.approval.MessageReviewer;
import org.chatpress.config.Settings;
import org.chatpress.config.Settings.Channel;
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
    private final ChannelRegistry roster;
    private final EventDrivenPoller doorman;
    private final PollScheduler rounds;
    private final ChannelPoller reader;
    private final ThreadPoller threads;
    private final MessageReviewer desk;
    private final RenderService press;
    private final PublishService delivery;
    private final BackgroundTasks back;

    public Cycle(
            Supplier<Settings> settings,
            Clock clock,
            ChannelRegistry roster,
            EventDrivenPoller doorman,
            PollScheduler rounds,
            ChannelPoller reader,
            ThreadPoller threads,
            MessageReviewer desk,
            RenderService press,
            PublishService delivery,
            BackgroundTasks back) {
        this.settings = settings;
        this.clock = clock;
        this.roster = roster;
        this.doorman = doorman;
        this.rounds = rounds;
        this.reader = reader;
        this.threads = threads;
        this.desk = desk;
        this.press = press;
        this.delivery = delivery;
        this.back = back;
    }

    /** Does what there is to do, and says what came of it. */
    public CycleReport run() {
        Instant now = clock.instant();
        Settings current = settings.get();
        var report = new CycleReport(now);
        roster.apply(current, now);

        // PULL: what Slack rang for, and what the plan names of each channel whose turn it is; stored as it comes.
        Set<Channel> read = doorman.answer(current.channels(), report);
        for (Channel channel : rounds.due(current, doorman.called(), report)) {
            reader.read(channel, report);
            read.add(channel);
        }
        read.addAll(doorman.askAlone(current.channels(), report));
        if (rounds.maySweep(now)) {
            reader.sweep(current.channels(), report);
        }
        threads.read(read, report);

        // APPROVE: verdicts and public messages of what changed.
        desk.open(current, now);
        for (Channel channel : current.channels()) {
            desk.judge(channel, now, report);
        }

        // RENDER: public messages to files. Storages with a site that isn't ours are met first.
        Set<ChannelId> unknownPast = delivery.meet(current, press.changed(current, now), report);
        for (Channel channel : current.channels()) {
            if (unknownPast.contains(channel.id())) {
                reader.readAnew(channel, report);
                threads.read(List.of(channel), report);
                desk.judge(channel, now, report);
            }
        }
        press.render(current, now, report);

        // PUBLISH: to every storage at once, removals first, pointers last.
        delivery.deliver(current, now, report);

        // PHOTOS: those taken down leave the drop; the others go on beside the cycles that follow, as do copies of
        // authors' pictures and custom emoji, and marks in Slack.
        back.work(current, report);

        rounds.note(report);
        return report;
    }
}
