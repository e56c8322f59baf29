package org.chatpress.support;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.chatpress.model.Annotations;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.MirroredImage;
import org.chatpress.model.PublicMessage;
import org.chatpress.model.PublicMessage.Author;
import org.chatpress.model.PublicMessage.LinkPreview;
import org.chatpress.model.PublicMessage.PublicPhoto;
import org.chatpress.model.PublicMessage.ReactionCount;
import org.chatpress.model.Slug;
import org.chatpress.model.UserId;
import org.chatpress.render.json.ChatMetadata;
import org.chatpress.render.json.ChatRenderer;
import org.chatpress.render.json.ChatSource;
import org.chatpress.render.json.ChatSource.Change;
import org.chatpress.render.json.ChatSource.PageRef;
import org.chatpress.render.json.FileRole;
import org.chatpress.render.json.PublishingInfo;
import org.chatpress.render.json.PublishingInfo.OutputFormat;
import org.chatpress.render.json.RenderedChat;
import org.chatpress.storage.ObjectKey;

/** A chat in memory: the simplest implementation of what the store does for rendering. */
public final class MemoryChat implements ChatSource {
    public static final Instant START = Instant.parse("2026-11-04T02:00:00Z");
    public static final Author ROSA =
            new Author(new UserId("U0ROSA"), "Rosa Reporter", "City hall", "https://a.slack-edge.com/rosa.png");

    private final TreeMap<MessageTs, PublicMessage> messages = new TreeMap<>();
    private Instant startedAt;
    private final TreeMap<String, Author> authors = new TreeMap<>();
    private final List<Change> changes = new ArrayList<>();
    private List<PageRef> pages = List.of();
    private long base;
    private Optional<ObjectKey> index = Optional.empty();
    private String metadataDigest = "";
    private ChatMetadata metadata = metadataWith("Election night, live", JsonNodeFactory.instance.objectNode());

    public MemoryChat() {
        authors.put(ROSA.id().value(), ROSA);
    }

    /** The ts of a message posted so many seconds after {@link #START}. */
    public static MessageTs ts(int second) {
        return MessageTs.at(START.plusSeconds(second));
    }

    public static ChatMetadata metadataWith(String headline, ObjectNode extras) {
        return new ChatMetadata(
                new ChannelId("C0ELECTION"),
                new Slug("election-night"),
                "election-night.json",
                true,
                headline,
                "<p>Our reporters follow the count.</p>",
                "",
                true,
                Optional.empty(),
                "America/Los_Angeles",
                extras,
                PublishingInfo.NONE);
    }

    /** The same chat, closed an hour after its start. */
    public static ChatMetadata closed(ChatMetadata metadata) {
        return metadata.asEnded(Optional.of(START.plusSeconds(3600)));
    }

    /** Metadata with every format and full settings. */
    public static ChatMetadata metadataWithAllFormats() {
        ChatMetadata metadata = metadataWith("Election night, live", JsonNodeFactory.instance.objectNode());
        return withPublishing(
                metadata,
                new PublishingInfo(
                        EnumSet.allOf(OutputFormat.class),
                        START,
                        Optional.of(URI.create("https://news.example/election-night")),
                        Optional.of(URI.create("https://static.example/chats/")),
                        "The Example",
                        Optional.of(URI.create("https://news.example/logo.png")),
                        "en",
                        false,
                        List.of()));
    }

    public static ChatMetadata withPublishing(ChatMetadata metadata, PublishingInfo publishing) {
        return new ChatMetadata(
                metadata.id(),
                metadata.slug(),
                metadata.file(),
                metadata.jsonp(),
                metadata.headline(),
                metadata.description(),
                metadata.liveContent(),
                metadata.live(),
                metadata.closedAt(),
                metadata.timeZone(),
                metadata.extras(),
                publishing);
    }

    /** A message with everything that a message can have. */
    public static PublicMessage withEverything(int second) {
        Instant published = Instant.parse("2026-11-04T02:01:00Z");
        var reply = new PublicMessage(
                ts(second + 1),
                ROSA.id(),
                "<p>a reply</p>",
                "a reply",
                published,
                Optional.empty(),
                Optional.of(ts(second)));
        return new PublicMessage(
                ts(second),
                ROSA.id(),
                "<p>the hall is full</p>",
                "the hall is full",
                published,
                Optional.empty(),
                Optional.empty(),
                new PublicMessage.Additions(
                        List.of(new PublicPhoto(
                                PublicPhoto.Status.LIVE,
                                "https://photos.example/1.jpg",
                                960,
                                640,
                                "The hall",
                                "Full",
                                "R. Reporter")),
                        List.of(),
                        List.of(new LinkPreview(
                                "The count",
                                "Live from the hall",
                                "https://youtu.be/abc",
                                "https://img.example/abc.jpg",
                                "City TV",
                                "YouTube",
                                LinkPreview.Kind.YOUTUBE,
                                "abc")),
                        List.of(new ReactionCount("tada", "\ud83c\udf89", 3), new ReactionCount("our_own", "", 1)),
                        new Annotations(
                                "Hall is full",
                                "Rosa Reporter and Sam Second",
                                List.of("hall"),
                                List.of(new Annotations.Correction(published, "It was the small hall.")),
                                List.of("wide"),
                                Map.of("layout", "photo", "answer", "42"),
                                true,
                                true),
                        List.of(reply)));
    }

    public MemoryChat put(int second, String text) {
        return put(new PublicMessage(
                ts(second),
                ROSA.id(),
                "<p>" + text + "</p>",
                text,
                START.plusSeconds(second + 5L),
                Optional.empty(),
                Optional.empty()));
    }

    public MemoryChat put(PublicMessage message) {
        PublicMessage previous = messages.put(message.ts(), message);
        if (startedAt == null) {
            startedAt = message.ts().instant();
        }
        boolean lostPart = previous != null && message.lacksPartOf(previous);
        return change(lostPart ? Change.Op.CUT : Change.Op.PUT, Optional.of(message.ts()));
    }

    public MemoryChat del(int second) {
        messages.remove(ts(second));
        return change(Change.Op.DEL, Optional.of(ts(second)));
    }

    public MemoryChat setMetadata(ChatMetadata newMetadata) {
        metadata = newMetadata;
        return change(Change.Op.META, Optional.empty());
    }

    /** Adds or replaces an author. */
    public MemoryChat author(Author author) {
        authors.put(author.id().value(), author);
        return this;
    }

    /** Renders the chat without the files of the whole chat, and stores its pages and index. */
    public RenderedChat render() {
        RenderedChat rendered = ChatRenderer.render(this, false);
        rendered.indexState().ifPresent(state -> {
            pages = inOrder(state.pages());
            base = state.base();
            index = rendered.files().stream()
                    .filter(file -> file.role() == FileRole.INDEX)
                    .map(file -> file.object().key())
                    .findFirst();
            metadataDigest = state.metadataDigest();
        });
        return rendered;
    }

    /** Renders pages of a chat that has no index, and stores them. */
    public RenderedChat firstPages(int limit) {
        RenderedChat rendered = ChatRenderer.firstPages(this, limit).orElseThrow();
        pages = inOrder(rendered.indexState().orElseThrow().pages());
        base = rendered.indexState().orElseThrow().base();
        return rendered;
    }

    /** As the database returns them. */
    private static List<PageRef> inOrder(List<PageRef> pages) {
        return pages.stream().sorted(Comparator.comparing(PageRef::startsAt)).toList();
    }

    /** The index as last written. */
    public Optional<ObjectKey> index() {
        return index;
    }

    public List<PublicMessage> messages() {
        return List.copyOf(messages.values());
    }

    @Override
    public ChatMetadata metadata() {
        return metadata;
    }

    @Override
    public String epoch() {
        return "k3v9";
    }

    @Override
    public long seq() {
        return changes.size();
    }

    @Override
    public long base() {
        return base;
    }

    @Override
    public int count() {
        return messages.size();
    }

    @Override
    public int countFrom(MessageTs first) {
        return messages.tailMap(first).size();
    }

    @Override
    public Instant updated() {
        return START.plusSeconds(changes.size());
    }

    @Override
    public Optional<ObjectKey> indexKey(String digest) {
        return index.filter(key -> metadataDigest.equals(digest));
    }

    @Override
    public boolean hasIndex() {
        return index.isPresent();
    }

    @Override
    public List<PageRef> pages() {
        return pages;
    }

    @Override
    public List<Change> newestChanges(int limit) {
        var newest = new ArrayList<Change>();
        for (int i = changes.size() - 1; i >= Math.max(0, changes.size() - limit); i--) {
            newest.add(changes.get(i));
        }
        return newest;
    }

    @Override
    public List<MessageTs> changedAfter(long seq) {
        return changes.stream()
                .filter(change -> change.seq() > seq)
                .flatMap(change -> change.ts().stream())
                .distinct()
                .toList();
    }

    @Override
    public Optional<PublicMessage> message(MessageTs ts) {
        return Optional.ofNullable(messages.get(ts));
    }

    @Override
    public List<PublicMessage> messages(Optional<MessageTs> from, Optional<MessageTs> before, int limit) {
        return messages.values().stream()
                .filter(message -> from.isEmpty() || message.ts().compareTo(from.get()) >= 0)
                .filter(message -> before.isEmpty() || message.ts().isBefore(before.get()))
                .limit(limit)
                .toList();
    }

    @Override
    public Optional<Instant> startedAt() {
        return Optional.ofNullable(startedAt);
    }

    @Override
    public List<PublicMessage> newestMessages(Optional<MessageTs> before, int limit) {
        return messages.descendingMap().values().stream()
                .filter(message -> before.isEmpty() || message.ts().isBefore(before.get()))
                .limit(limit)
                .toList();
    }

    @Override
    public List<PublicMessage> messagesWithoutSharePage(int limit) {
        return newestMessages(Optional.empty(), limit);
    }

    @Override
    public List<MirroredImage> customEmoji() {
        return List.of();
    }

    @Override
    public Optional<MirroredImage> mirroredImage(String url) {
        return Optional.empty();
    }

    @Override
    public List<MessageTs> pinned() {
        return messages.descendingMap().values().stream()
                .filter(message -> message.annotations().pinned())
                .map(PublicMessage::ts)
                .toList();
    }

    @Override
    public List<MessageTs> keyEvents() {
        return messages.descendingMap().values().stream()
                .filter(message -> message.annotations().key())
                .map(PublicMessage::ts)
                .toList();
    }

    @Override
    public List<Author> authors() {
        return List.copyOf(authors.values());
    }

    private MemoryChat change(Change.Op op, Optional<MessageTs> ts) {
        changes.add(new Change(changes.size() + 1L, op, ts));
        return this;
    }
}
