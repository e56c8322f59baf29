package org.chatpress.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.chatpress.model.ChannelId;
import org.chatpress.model.Message;
import org.chatpress.model.MessageTs;
import org.chatpress.model.Person;
import org.chatpress.model.Reaction;
import org.chatpress.model.Reading;
import org.chatpress.model.ThreadReading;
import org.chatpress.model.UserId;
import org.chatpress.model.Window;
import org.chatpress.slack.Slack;

/** A channel whose pages cost what they hold, however long it is: so that a figure is the program's own. */
final class InstantSlack implements Slack {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Clock clock;
    private final NavigableMap<MessageTs, String> messages = new TreeMap<>();

    InstantSlack(Clock clock) {
        this.clock = clock;
    }

    void post(MessageTs ts, String user, String text) {
        messages.put(ts, """
                {"type": "message", "ts": "%s", "user": "%s", "text": "%s"}""".formatted(ts, user, text));
    }

    @Override
    public Reading history(ChannelId channel, Optional<MessageTs> until, int limit) {
        NavigableMap<MessageTs, String> older =
                until.map(ts -> messages.headMap(ts, false)).orElse(messages);
        var page = new ArrayList<Message>();
        for (String message : older.descendingMap().values()) {
            if (page.size() == limit) {
                break;
            }
            page.add(parsed(message));
        }
        boolean more = !page.isEmpty() && !page.get(page.size() - 1).ts().equals(messages.firstKey());
        Optional<MessageTs> from = more ? Optional.of(page.get(page.size() - 1).ts()) : Optional.empty();
        return new Reading(channel, new Window(from, until), page, 0, more, clock.instant());
    }

    @Override
    public Person person(UserId id) {
        return new Person(id, "Rosa Reporter", "", "", false);
    }

    @Override
    public Whereabouts message(ChannelId channel, MessageTs ts) {
        throw new AssertionError("nothing is missing");
    }

    @Override
    public Optional<ThreadReading> thread(ChannelId channel, MessageTs root) {
        throw new AssertionError("nobody replies");
    }

    @Override
    public List<Reaction> reactions(ChannelId channel, MessageTs ts) {
        return List.of();
    }

    @Override
    public Set<UserId> group(String groupId) {
        return Set.of();
    }

    @Override
    public Identity identity() {
        throw new AssertionError("nobody asks");
    }

    @Override
    public ChannelInfo channel(ChannelId channel) {
        throw new AssertionError("nobody asks");
    }

    @Override
    public void close() {}

    private static Message parsed(String json) {
        try {
            return Message.of(JSON.readTree(json)).orElseThrow();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
