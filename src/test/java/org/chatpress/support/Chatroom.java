package org.chatpress.support;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.chatpress.approval.Judgement;
import org.chatpress.approval.Memory;
import org.chatpress.approval.Situation;
import org.chatpress.approval.Verdict;
import org.chatpress.model.ChannelId;
import org.chatpress.model.Message;
import org.chatpress.model.MessageTs;
import org.chatpress.model.Notes;
import org.chatpress.model.Photo;
import org.chatpress.model.PublicMessage;
import org.chatpress.model.Slug;
import org.chatpress.model.UserId;
import org.chatpress.render.Author;
import org.chatpress.render.ChatRenderer;
import org.chatpress.render.Edition;
import org.chatpress.render.Face;
import org.chatpress.render.Imprint;
import org.chatpress.store.Chats.Decision;
import org.chatpress.store.Store;

/** A chat in a real store whose public messages a test sets by hand, without Slack or approval. */
public final class Chatroom {
    public static final Author ROSA = new Author(new UserId("U0ROSA"), "Rosa Reporter", "Reporter", "");

    private final Store store;
    private final ChannelId channel;
    private Instant now;

    /** @param now when everything happens, until {@link #at} says otherwise */
    public Chatroom(Store store, String channel, String slug, Instant now) {
        this.store = store;
        this.channel = new ChannelId(channel);
        this.now = now;
        store.channels().add(this.channel, "epoch", now);
        face(face(slug));
    }

    /** The key of the message that was posted as the nth. */
    public static MessageTs ts(int nth) {
        return new MessageTs("1793728800.%06d".formatted(nth));
    }

    public Chatroom at(Instant moment) {
        now = moment;
        return this;
    }

    public Chatroom put(int nth, String text) {
        return put(nth, text, List.of());
    }

    /** A message with photos at these addresses. */
    public Chatroom put(int nth, String text, List<String> photos) {
        var shown = new PublicMessage(
                ts(nth),
                ROSA.id(),
                "<p>" + text + "</p>",
                text,
                store.chats()
                        .message(channel, ts(nth))
                        .map(PublicMessage::publishedAt)
                        .orElse(now),
                Optional.empty(),
                Optional.empty(),
                photos.stream()
                        .map(url -> new Photo(Photo.Status.LIVE, url, 4, 3, "", "", ""))
                        .toList(),
                List.of(),
                List.of(),
                Notes.NONE,
                List.of());
        return put(shown);
    }

    public Chatroom put(PublicMessage shown) {
        return decide(shown.ts(), Verdict.APPROVED, Optional.of(shown));
    }

    public Chatroom take(int nth) {
        return decide(ts(nth), Verdict.REJECTED, Optional.empty());
    }

    public Face face(String slug) {
        return new Face(
                channel,
                new Slug(slug),
                slug + ".json",
                false,
                "Election night",
                "",
                "",
                true,
                "UTC",
                JsonNodeFactory.instance.objectNode(),
                Imprint.NONE);
    }

    public Chatroom face(Face face) {
        store.chats().face(channel, face, now);
        return this;
    }

    /** Renders all files, the whole chat's too. */
    public Edition render() {
        long seq = store.channels().row(channel).orElseThrow().seq();
        Edition edition = ChatRenderer.render(store.chats().chat(channel), true);
        store.files().save(channel, edition, seq, now);
        return edition;
    }

    private Chatroom decide(MessageTs ts, Verdict verdict, Optional<PublicMessage> shown) {
        var message = new Message(ts, JsonNodeFactory.instance.objectNode());
        var memory = new Memory(verdict, false, "", "", Map.of(), Set.of(), Optional.empty());
        var decision = new Decision(
                new Situation(
                        message,
                        List.of(),
                        false,
                        Optional.empty(),
                        store.chats().message(channel, ts).map(isPublic -> memory)),
                new Judgement(verdict, "a test says so", shown.map(m -> message), memory, true),
                shown,
                shown.map(m -> List.of(ROSA)).orElse(List.of()),
                Optional.empty(),
                Optional.empty());
        store.chats().decide(channel, "rule", List.of(decision), now);
        return this;
    }
}
