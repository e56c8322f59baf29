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
        PollPlan plan = PollPlan.start(position, since, mustShow);
        while (plan.nextRequest().isPresent()) {
            PageRequest request = plan.nextRequest().get();
            pages.add(name(request));
            plan = take(plan, request, page(request));
        }
        return pages;
    }

    /** What a process that may die at any line does with a page: keeps it, and the position with it. */
    PollPlan take(PollPlan plan, PageRequest request, HistoryPage page) {
        for (SlackMessage message : page.messages()) {
            if (!message.ts().instant().isBefore(since)) {
                kept.add(message.ts());
            }
        }
        PollPlan rest = plan.advancedBy(request, page);
        position = rest.position();
        return rest;
    }

    /** What Slack answers. */
    HistoryPage page(PageRequest request) {
        List<MessageTs> all = there.descendingSet().stream()
                .filter(ts -> request.until().map(ts::isBefore).orElse(true))
                .toList();
        int size = Math.min(all.size(), Math.min(request.limit(), longestPage));
        boolean more = size < all.size();
        Optional<MessageTs> from = more ? Optional.of(all.get(size - 1)) : Optional.empty();
        return reading(all.subList(0, size), new TimeRange(from, request.until()), more);
    }

    static HistoryPage empty(PageRequest request) {
        return reading(List.of(), new TimeRange(Optional.empty(), request.until()), false);
    }

    static HistoryPage emptyOfMore(PageRequest request) {
        MessageTs nowhere = request.until().orElse(ts(0));
        return reading(List.of(), new TimeRange(Optional.of(nowhere), Optional.of(nowhere)), true);
    }

    private static HistoryPage reading(List<MessageTs> shown, TimeRange window, boolean more) {
        List<SlackMessage> messages = shown.stream()
                .map(ts -> new SlackMessage(ts, JsonNodeFactory.instance.objectNode()))
                .toList();
        return new HistoryPage(new ChannelId("C0ELECTION"), window, messages, 0, more, Instant.EPOCH);
    }

    private static String name(PageRequest request) {
        String until = request.until()
                .map(ts -> "<" + (Long.parseLong(ts.value().substring(0, 10)) - 1_793_760_000L))
                .orElse("");
        int usual = request.purpose() == Purpose.HEAD || request.purpose() == Purpose.GAP ? 200 : 999;
        return request.purpose() + until + (request.limit() == usual ? "" : " limit " + request.limit());
    }
}
