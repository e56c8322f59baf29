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
import org.chatpress.model.slack.HistoryPage.TimeRange;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.poll.plan.PollPlan.PageRequest;
import org.chatpress.poll.plan.PollPlan.PageRequest.Purpose;
import org.chatpress.poll.plan.PollPlan.ReadPosition;

/** A channel with numbered messages that is polled as its plan says, and the messages stored from it. */
final class PolledChannel {
    final TreeSet<MessageTs> inSlack = new TreeSet<>();
    final TreeSet<MessageTs> stored = new TreeSet<>();
    ReadPosition position = ReadPosition.UNREAD;
    Instant since = ts(1).instant();
    int maxPageSize = Integer.MAX_VALUE;
    private int posted;

    static MessageTs ts(int number) {
        return new MessageTs("%010d.000000".formatted(1_793_760_000 + number));
    }

    /** Posts so many messages; the first ever is message 1. */
    PolledChannel post(int messages) {
        for (int i = 0; i < messages; i++) {
            inSlack.add(ts(++posted));
        }
        return this;
    }

    int posted() {
        return posted;
    }

    /** Polls once; returns the pages read, as {@code HEAD}, {@code GAP<300} (before message 300). */
    List<String> poll() {
        return poll(Optional.empty());
    }

    List<String> poll(Optional<MessageTs> mustInclude) {
        return read(PollPlan.start(position, since, mustInclude), Integer.MAX_VALUE);
    }

    /** Polls once and stops after so many pages. */
    List<String> poll(int maxPages) {
        return read(PollPlan.start(position, since, Optional.empty()), maxPages);
    }

    /** Reads the gap and the backfill. */
    List<String> catchUp() {
        return read(PollPlan.catchUp(position, since, Optional.empty()), Integer.MAX_VALUE);
    }

    private List<String> read(PollPlan start, int maxPages) {
        var pages = new ArrayList<String>();
        PollPlan plan = start;
        while (plan.nextRequest().isPresent() && pages.size() < maxPages) {
            PageRequest request = plan.nextRequest().get();
            pages.add(name(request));
            plan = read(plan, request, page(request));
        }
        return pages;
    }

    /** Stores a page and the position after it, as the program does in one transaction. */
    PollPlan read(PollPlan plan, PageRequest request, HistoryPage page) {
        for (SlackMessage message : page.messages()) {
            if (!message.ts().instant().isBefore(since)) {
                stored.add(message.ts());
            }
        }
        PollPlan rest = plan.advancedBy(request, page);
        position = rest.position();
        return rest;
    }

    /** The page that Slack returns. */
    HistoryPage page(PageRequest request) {
        List<MessageTs> all = inSlack.descendingSet().stream()
                .filter(ts -> request.until().map(ts::isBefore).orElse(true))
                .toList();
        int size = Math.min(all.size(), Math.min(request.limit(), maxPageSize));
        boolean more = size < all.size();
        Optional<MessageTs> from = more ? Optional.of(all.get(size - 1)) : Optional.empty();
        return page(all.subList(0, size), new TimeRange(from, request.until()), more);
    }

    static HistoryPage empty(PageRequest request) {
        return page(List.of(), new TimeRange(Optional.empty(), request.until()), false);
    }

    static HistoryPage emptyWithMore(PageRequest request) {
        MessageTs until = request.until().orElse(ts(0));
        return page(List.of(), new TimeRange(Optional.of(until), Optional.of(until)), true);
    }

    private static HistoryPage page(List<MessageTs> returned, TimeRange range, boolean more) {
        List<SlackMessage> messages = returned.stream()
                .map(ts -> new SlackMessage(ts, JsonNodeFactory.instance.objectNode()))
                .toList();
        return new HistoryPage(new ChannelId("C0ELECTION"), range, messages, 0, more, Instant.EPOCH);
    }

    private static String name(PageRequest request) {
        String until = request.until()
                .map(ts -> "<" + (Long.parseLong(ts.value().substring(0, 10)) - 1_793_760_000L))
                .orElse("");
        int defaultLimit = request.purpose() == Purpose.HEAD ? 200 : 999;
        return request.purpose() + until + (request.limit() == defaultLimit ? "" : " limit " + request.limit());
    }
}
