package org.chatpress.support;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.chatpress.approval.policy.ApprovalPolicy.MessageSnapshot;
import org.chatpress.approval.policy.Decision;
import org.chatpress.approval.policy.Decision.Verdict;
import org.chatpress.approval.policy.ReviewState;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.PublicMessage;
import org.chatpress.model.PublicMessage.Author;
import org.chatpress.model.PublicMessage.PublicPhoto;
import org.chatpress.model.Slug;
import org.chatpress.model.UserId;
import org.chatpress.model.slack.SlackMessage;
import org.chatpress.render.json.ChatMetadata;
import org.chatpress.render.json.ChatRenderer;
import org.chatpress.render.json.PublishingInfo;
import org.chatpress.render.json.RenderedChat;
import org.chatpress.store.PublicMessageRepository.ReviewedMessage;
import org.chatpress.store.Store;

/** A chat in a real store whose public messages a test sets by hand, without Slack or approval. */
public final class TestChat {
    public static final Author ROSA = new Author(new UserId("U0ROSA"), "Rosa Reporter", "Reporter", "");

    private final Store store;
    private final ChannelId channel;
    private Instant now;

    /** @param now when everything happens, until {@link #at} says otherwise */
    public TestChat(Store store, String channel, String slug, Instant now) {
        this.store = store;
        this.channel = new ChannelId(channel);
        this.now = now;
        store.channels().add(this.channel, "epoch", now);
        metadata(metadata(slug));
    }

    /** The key of the message that was posted as the nth. */
    public static MessageTs ts(int nth) {
        return new MessageTs("1793728800.%06d".formatted(nth));
    }

    public TestChat at(Instant moment) {
        now = moment;
        return this;
    }

    public TestChat put(int nth, String text) {
        return put(nth, text, List.of());
    }

    /** A message with photos at these addresses. */
    public TestChat put(int nth, String text, List<String> photos) {
        var shown = new PublicMessage(
                ts(nth),
                ROSA.id(),
                "<p>" + text + "</p>",
                text,
                store.publicMessages()
                        .message(channel, ts(nth))
                        .map(PublicMessage::publishedAt)
                        .orElse(now),
                Optional.empty(),
                Optional.empty());
        return put(shown.withPhotos(photos.stream()
                .map(url -> new PublicPhoto(PublicPhoto.Status.LIVE, url, 4, 3, "", "", ""))
                .toList()));
    }

    public TestChat put(PublicMessage shown) {
        return decide(shown.ts(), Verdict.APPROVED, Optional.of(shown));
    }

    public TestChat remove(int nth) {
        return decide(ts(nth), Verdict.REJECTED, Optional.empty());
    }

    public ChatMetadata metadata(String slug) {
        return new ChatMetadata(
                channel,
                new Slug(slug),
                slug + ".json",
                false,
                "Election night",
                "",
                "",
                true,
                Optional.empty(),
                "UTC",
                JsonNodeFactory.instance.objectNode(),
                PublishingInfo.NONE);
    }

    public TestChat metadata(ChatMetadata metadata) {
        store.publicMessages().setMetadata(channel, metadata, now);
        return this;
    }

    /** Renders all files, the whole chat's too. */
    public RenderedChat render() {
        long seq = store.channels().row(channel).orElseThrow().seq();
        RenderedChat rendered = ChatRenderer.render(store.publicMessages().chat(channel), true);
        store.files().save(channel, rendered, seq, now);
        return rendered;
    }

    private TestChat decide(MessageTs ts, Verdict verdict, Optional<PublicMessage> shown) {
        var message = new SlackMessage(ts, JsonNodeFactory.instance.objectNode());
        var reviewState = new ReviewState(verdict, false, "", "", Map.of(), Set.of(), Optional.empty());
        var decision = new ReviewedMessage(
                new MessageSnapshot(
                        message,
                        List.of(),
                        false,
                        false,
                        Optional.empty(),
                        store.publicMessages().message(channel, ts).map(isPublic -> reviewState)),
                new Decision(verdict, "a test says so", shown.map(m -> message), reviewState, true),
                shown,
                shown.map(m -> List.of(ROSA)).orElse(List.of()),
                Optional.empty());
        store.publicMessages().applyDecisions(channel, List.of(decision), now);
        return this;
    }
}
