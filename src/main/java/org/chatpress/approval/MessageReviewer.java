package org.chatpress.approval;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.chatpress.config.Channel;
import org.chatpress.cycle.context.CycleContext;
import org.chatpress.cycle.context.CycleMode.Polling;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.slack.SlackReader;
import org.chatpress.store.ChannelRepository.ChannelRow;
import org.chatpress.store.Store;
import org.chatpress.text.MessageFormatter;

/** Reviews new and changed messages: decides which of them are public, and saves what readers see. */
public final class MessageReviewer {
    /** Further messages wait for the next cycle, so that other channels are polled and published meanwhile. */
    private static final int MAX_PER_CYCLE = 5_000;

    private final SlackReader slack;
    private final Store store;
    private final MessageFormatter text;
    private final CustomEmojiSync customEmoji;
    private final Polling polling;
    private final UserDirectory.TokenOwner tokenOwner = new UserDirectory.TokenOwner();
    private final UserDirectory.GroupCallTimes groupCallTimes = new UserDirectory.GroupCallTimes();

    /** Where the next cycle goes on in channels whose messages were not all reviewed. */
    private final Map<ChannelId, MessageTs> lastReviewed = new HashMap<>();

    /** @param polling ALL_CHANNELS: every message is reviewed at once, because there may be no next cycle */
    public MessageReviewer(
            SlackReader slack, Store store, MessageFormatter text, CustomEmojiSync customEmoji, Polling polling) {
        this.slack = slack;
        this.store = store;
        this.text = text;
        this.customEmoji = customEmoji;
        this.polling = polling;
    }

    /**
     * Reviews what changed in these channels, a batch of each in turn, and saves the verdicts and the public messages. The
     * report names the channels that have more for the next cycle.
     */
    public void review(Collection<Channel> channels, CycleContext context) {
        review(channels, polling == Polling.WHEN_DUE ? MAX_PER_CYCLE : Integer.MAX_VALUE, context);
    }

    /** Reviews all that changed in these channels. */
    public void reviewAll(Collection<Channel> channels, CycleContext context) {
        channels.forEach(channel -> lastReviewed.remove(channel.id()));
        review(channels, Integer.MAX_VALUE, context);
    }

    /** Takes down the messages that the settings withdraw, without Slack; their next review saves the verdict. */
    public void withdraw(CycleContext context) {
        for (Channel channel : context.channels()) {
            int changes = store.publicMessages()
                    .withdraw(channel.id(), channel.approval().withdrawn(), context.now());
            context.report().addPublicChanges(changes);
        }
    }

    private void review(Collection<Channel> channels, int max, CycleContext context) {
        var directory = new UserDirectory(slack, store, tokenOwner, groupCallTimes, context);
        directory.refreshProfiles();
        Map<ChannelId, ChannelRow> rows = store.channels().byId();
        Set<ChannelId> changed = store.messages().channelsNeedingReview();
        var queue = new ArrayDeque<ChannelReview>();
        for (Channel channel : channels) {
            Optional<MessageTs> start = Optional.ofNullable(lastReviewed.remove(channel.id()));
            var review = new ChannelReview(
                    channel, rows.get(channel.id()), start, slack, store, directory, customEmoji, text, context);
            if (review.isNeeded(changed)) {
                queue.add(review);
            }
        }
        int reviewed = 0;
        while (!queue.isEmpty()) {
            ChannelReview review = queue.remove();
            reviewed += review.reviewBatch();
            if (!review.hasMore()) {
                continue;
            }
            if (reviewed < max) {
                queue.add(review);
            } else {
                lastReviewed.put(review.channel(), review.lastReviewed().orElseThrow());
                context.report().addBacklog(review.channel());
            }
        }
    }
}
