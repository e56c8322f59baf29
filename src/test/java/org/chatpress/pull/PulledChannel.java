package org.chatpress.pull;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.chatpress.model.ChannelId;
import org.chatpress.model.Message;
import org.chatpress.model.MessageTs;
import org.chatpress.model.Reading;
import org.chatpress.model.Window;
import org.chatpress.pull.Stretch.Purpose;

/** A channel whose messages are numbered, read turn by turn as its plan says, and what has been kept of it. */
final class PulledChannel {
    final TreeSet<MessageTs> there = new TreeSet<>();
    final TreeSet<MessageTs> kept = new TreeSet<>();
    Position position = Position.UNREAD;
    Instant since = ts(1).instant();
    int longestPage = Integer.MAX_VALUE;
    private int posted;

    static MessageTs ts(int number) {
        return new MessageTs("%010d.000000".formatted(1_793_760_000 + number));
    }

    /** Posts so many messages; the first ever has the number 1. */
    PulledChannel post(int messages) {
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
        PullPlan plan = PullPlan.turn(position, since, mustShow);
        while (plan.next().isPresent()) {
            Stretch stretch = plan.next().get();
            pages.add(name(stretch));
            plan = take(plan, stretch, page(stretch));
        }
        return pages;
    }

    /** What a process that may die at any line does with a page: keeps it, and the position with it. */
    PullPlan take(PullPlan plan, Stretch stretch, Reading reading) {
        for (Message message : reading.messages()) {
            if (!message.ts().instant().isBefore(since)) {
                kept.add(message.ts());
            }
        }
        PullPlan rest = plan.after(stretch, reading);
        position = rest.position();
        return rest;
    }

    /** What Slack answers. */
    Reading page(Stretch stretch) {
        List<MessageTs> all = there.descendingSet().stream()
                .filter(ts -> stretch.until().map(ts::isBefore).orElse(true))
                .toList();
        int size = Math.min(all.size(), Math.min(stretch.limit(), longestPage));
        boolean more = size < all.size();
        Optional<MessageTs> from = more ? Optional.of(all.get(size - 1)) : Optional.empty();
        return reading(all.subList(0, size), new Window(from, stretch.until()), more);
    }

    static Reading empty(Stretch stretch) {
        return reading(List.of(), new Window(Optional.empty(), stretch.until()), false);
    }

    static Reading emptyOfMore(Stretch stretch) {
        MessageTs nowhere = stretch.until().orElse(ts(0));
        return reading(List.of(), new Window(Optional.of(nowhere), Optional.of(nowhere)), true);
    }

    private static Reading reading(List<MessageTs> shown, Window window, boolean more) {
        List<Message> messages = shown.stream()
                .map(ts -> new Message(ts, JsonNodeFactory.instance.objectNode()))
                .toList();
        return new Reading(new ChannelId("C0ELECTION"), window, messages, 0, more, Instant.EPOCH);
    }

    private static String name(Stretch stretch) {
        String until = stretch.until()
                .map(ts -> "<" + (Long.parseLong(ts.value().substring(0, 10)) - 1_793_760_000L))
                .orElse("");
        int usual = stretch.purpose() == Purpose.HEAD || stretch.purpose() == Purpose.GAP ? 200 : 999;
        return stretch.purpose() + until + (stretch.limit() == usual ? "" : " limit " + stretch.limit());
    }
}
