package org.chatpress.interactive;

import com.slack.api.model.block.LayoutBlock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.chatpress.approval.policy.ApprovalPolicy.MessageSnapshot;
import org.chatpress.approval.policy.ApprovalRule;
import org.chatpress.approval.policy.Decision.Verdict;
import org.chatpress.config.Channel;
import org.chatpress.media.model.ClipRecord;
import org.chatpress.media.model.PhotoRecord;
import org.chatpress.media.model.PhotoState;
import org.chatpress.model.MessageTs;
import org.chatpress.model.UserId;
import org.chatpress.store.ChannelRepository.ClosingTime;
import org.chatpress.store.MessageRepository.MessageSummary;

/** Answers the shortcut "Why isn't it public?": the verdict on a message, its reason, and what to do about it. */
final class MessageExplanation {
    private static final int MAX_REASON = 400;

    private final ChatReader chats;

    MessageExplanation(ChatReader chats) {
        this.chats = chats;
    }

    List<LayoutBlock> of(Channel channel, MessageTs ts) {
        Optional<MessageSummary> message = chats.store().messages().summary(channel.id(), ts);
        if (message.isEmpty()) {
            return BlockBuilder.forMessage().section(notStored(channel, ts)).build();
        }
        Optional<Verdict> verdict = message.get().verdict();
        BlockBuilder blocks = BlockBuilder.forMessage()
                .section("*" + verdict.map(MessageExplanation::title).orElse("Not public yet") + "*"
                        + reason(channel, message.get()));
        verdict.map(known -> advice(known, channel))
                .filter(advice -> !advice.isEmpty())
                .ifPresent(blocks::section);
        blocks.lines(files(channel, ts));
        if (verdict.equals(Optional.of(Verdict.APPROVED))) {
            chats.publicUrl(channel, ts)
                    .ifPresent(url -> blocks.section(BlockBuilder.link(url, "See it as readers do")));
        }
        return blocks.build();
    }

    private String reason(Channel channel, MessageSummary message) {
        boolean waitsForClosing = message.verdict().isEmpty()
                && chats.row(channel)
                        .filter(row -> row.closing().state() == ClosingTime.State.UNKNOWN)
                        .isPresent();
        String reason = waitsForClosing
                ? "waits for the time when the chat was closed: an operator writes it into channels.yml"
                : UserId.replaceAll(message.reason(), chats::name);
        return reason.isEmpty() ? "" : "\n" + BlockBuilder.escaped(reason, MAX_REASON);
    }

    private static String notStored(Channel channel, MessageTs ts) {
        return ts.instant().isBefore(channel.source().since())
                ? "*Not public*\nIt is older than `since` in the settings, so it is never published."
                : "*Not read yet*\nChatpress has not read this message. Ask again in a few seconds.";
    }

    private static String title(Verdict verdict) {
        return switch (verdict) {
            case APPROVED -> "Public";
            case PENDING -> "Pending";
            case DELAYED -> "Approved, and public soon";
            case HELD -> "On hold";
            case REJECTED -> "Rejected";
            case WITHDRAWN -> "Withdrawn";
            case PRIVATE -> "Private";
            case IGNORED -> "Not published";
            case MISSING -> "Missing in Slack";
            case DELETED -> "Deleted";
            case COMMAND -> "An instruction for the message above, in effect";
        };
    }

    private static String advice(Verdict verdict, Channel channel) {
        ApprovalRule rule = channel.approval().rule();
        return switch (verdict) {
            case PENDING -> rule.required() ? approval(rule) : "";
            case DELAYED -> "It needs nothing more. To stop it, delete it, or add " + any(rule.reject()) + ".";
            case HELD -> "To publish it, remove " + any(rule.hold()) + ".";
            case REJECTED ->
                "To publish it, remove " + any(rule.reject()) + (rule.required() ? ", then approve it again." : ".");
            case WITHDRAWN -> "An operator removes it from `withdraw` in `channels.yml`.";
            case PRIVATE -> "To publish its words, post them without the prefix.";
            case MISSING -> "It is public again once Slack returns it.";
            case APPROVED, IGNORED, DELETED, COMMAND -> "";
        };
    }

    private static String approval(ApprovalRule rule) {
        return rule.count() == 1
                ? "To publish it, an approver adds " + any(rule.emoji()) + "."
                : "To publish it, " + rule.count() + " approvers add " + any(rule.emoji()) + ".";
    }

    private static String any(Set<String> emoji) {
        return emoji.stream().sorted().map(name -> ":" + name + ":").collect(Collectors.joining(" or "));
    }

    /** The photos and clips of a public message, in the order in which thread commands count them. */
    private List<String> files(Channel channel, MessageTs ts) {
        Optional<MessageSnapshot> snapshot = chats.store().messages().snapshot(channel.id(), ts);
        if (snapshot.isEmpty()) {
            return List.of();
        }
        MessageFiles files = MessageFiles.of(chats.store(), channel.id(), snapshot.get(), chats.settings());
        Map<String, PhotoState> states = new HashMap<>();
        chats.store().photos().of(channel.id(), ts).stream()
                .filter(PhotoRecord::active)
                .forEach(photo -> states.put(photo.image().id(), photo.state()));
        chats.store().clips().of(channel.id(), ts).stream()
                .filter(ClipRecord::active)
                .forEach(clip -> states.put(clip.file().id(), clip.state()));
        return files.ids().stream()
                .filter(states::containsKey)
                .map(id -> files.label(id) + ": " + state(states.get(id)))
                .toList();
    }

    private static String state(PhotoState file) {
        String reason = BlockBuilder.escaped(file.reason(), MAX_REASON);
        String state = switch (file.stage()) {
            case REQUESTED, PROCESSED, UPLOADED -> "is being processed";
            case LIVE -> "readers see it";
            case FAILED -> "failed";
        };
        return reason.isEmpty() ? state : state + ": " + reason;
    }
}
