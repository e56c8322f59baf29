package org.chatpress.poll.plan;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.slack.HistoryPage;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.model.slack.TimeRange;
import org.chatpress.poll.plan.PageRequest.Purpose;

/** A channel whose messages are numbered, read turn by turn as its plan says, and what has been kept of it. */
final class PolledChannel {
    final TreeSet<MessageTs> there = new TreeSet<>();
    final TreeSet<MessageTs> kept = new TreeSet<>();
    ReadPosition position = ReadPosition.UNREAD;
    Instant since = ts(1).instant();
    int longestPage = Integer.MAX_VALUE;
    private int posted;

    static MessageTs ts(int number) {
        return new MessageTs("%010d.000000".formatted(1_793_760_000 + number));
    }

    /** Posts so many messages; the first ever has the number 1. */
    PolledChannel post(int messages) {
        for (int i = 0; i < messages; i++) {
            there.add(ts(++posted));
        }
        return this;
    }

    int posted() {
        return posted;
    }

    /** The pages of a whole turn, as {@code HEAD}, {@code GAP<300} (before message 300). */
    List<String> turn() {
        return turn(Optional.empty());
    }

    List<String> turn(Optional<MessageTs> mustShow) {
        var pages = new ArrayList<String>();
        PollPlan plan = PollPlan.turn(position, since, mustShow);
        while (plan.next().isPresent()) {
            PageRequest stretch = plan.next().get();
            pages.add(name(stretch));
            plan = take(plan, stretch, page(stretch));
        }
        return pages;
    }

    /** What a process that may die at any line does with a page: keeps it, and the position with it. */
    PollPlan take(PollPlan plan, PageRequest stretch, HistoryPage reading) {
        for (SlackMessage message : reading.messages()) {
            if (!message.ts().instant().isBefore(since)) {
                kept.add(message.ts());
            }
        }
        PollPlan rest = plan.after(stretch, reading);
        position = rest.position();
        return rest;
    }

    /** What Slack answers. */
    HistoryPage page(PageRequest stretch) {
        List<MessageTs> all = there.descendingSet().stream()
                .filter(ts -> stretch.until().map(ts::isBefore).orElse(true))
                .toList();
        int size = Math.min(all.size(), Math.min(stretch.limit(), longestPage));
        boolean more = size < all.size();
        Optional<MessageTs> from = more ? Optional.of(all.get(size - 1)) : Optional.empty();
        return reading(all.subList(0, size), new TimeRange(from, stretch.until()), more);
    }

    static HistoryPage empty(PageRequest stretch) {
        return reading(List.of(), new TimeRange(Optional.empty(), stretch.until()), false);
    }

    static HistoryPage emptyOfMore(PageRequest stretch) {
        MessageTs nowhere = stretch.until().orElse(ts(0));
        return reading(List.of(), new TimeRange(Optional.of(nowhere), Optional.of(nowhere)), true);
    }

    private static HistoryPage reading(List<MessageTs> shown, TimeRange window, boolean more) {
        List<SlackMessage> messages = shown.stream()
                .map(ts -> new SlackMessage(ts, JsonNodeFactory.instance.objectNode()))
                .toList();
        return new HistoryPage(new ChannelId("C0ELECTION"), window, messages, 0, more, Instant.EPOCH);
    }

    private static String name(PageRequest stretch) {
        String until = stretch.until()
                .map(ts -> "<" + (Long.parseLong(ts.value().substring(0, 10)) - 1_793_760_000L))
                .orElse("");
        int usual = stretch.purpose() == Purpose.HEAD || stretch.purpose() == Purpose.GAP ? 200 : 999;
        return stretch.purpose() + until + (stretch.limit() == usual ? "" : " limit " + stretch.limit());
    }
}
