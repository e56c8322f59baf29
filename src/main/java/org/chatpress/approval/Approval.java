package org.chatpress.approval;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.chatpress.model.Message;
import org.chatpress.model.Reaction;
import org.chatpress.model.UserId;

/**
 * Judges messages by a channel's rule. In order of strength: deleted, of no concern, withdrawn, private, rejected,
 * held, approved, pending.
 *
 * <p>What was approved stays what is public: an approval is of a {@link Content}, kept as a raw message. Reactions
 * carry no time, so a mark counts for a changed text only if some reading since the change did not show it yet.
 */
public final class Approval {
    private static final Set<String> SUBTYPES =
            Set.of("", "file_share", "me_message", "thread_broadcast", "bot_message");

    private final ChannelRule rule;
    private final ApprovalRule approval;
    private final Function<UserId, Standing> standings;

    /** @param standings who somebody is now; asked only for marks that were not there before */
    public Approval(ChannelRule rule, Function<UserId, Standing> standings) {
        this.rule = rule;
        this.approval = rule.approval();
        this.standings = standings;
    }

    /** The verdict, and what to remember of the message until its next change. */
    public Judgement judge(Situation situation) {
        var marks = new Marks(situation);
        Message message = situation.message();
        Optional<Memory> before = situation.before();
        Content content = Content.of(message);

        if (situation.deleted()) {
            return hidden(Verdict.DELETED, "deleted in Slack", situation, marks, content);
        }
        Optional<String> noise = noise(message);
        if (noise.isPresent()) {
            return hidden(Verdict.IGNORED, noise.get(), situation, marks, content);
        }
        if (rule.withdrawn().contains(message.ts())) {
            return hidden(Verdict.WITHDRAWN, "listed under withdraw in the settings", situation, marks, content);
        }
        if (isPrivate(message)) {
            return hidden(Verdict.PRIVATE, "begins with " + rule.privatePrefix(), situation, marks, content);
        }
        Optional<Mark> rejection = marks.rejection();
        if (rejection.isPresent()) {
            return hidden(Verdict.REJECTED, by("rejected by", rejection.get()), situation, marks, content);
        }

        Set<Mark> stale = staleMarks(situation, marks, content);
        Optional<JsonNode> approved = approved(situation, marks, content, stale);
        boolean settled = marks.settled;
        Optional<Mark> hold = marks.hold(message);
        if (hold.isPresent()) {
            return new Judgement(
                    Verdict.HELD,
                    by("held by", hold.get()),
                    Optional.empty(),
                    memory(Verdict.HELD, situation, marks, content, stale, approved),
                    settled);
        }
        if (approved.isEmpty()) {
            return new Judgement(
                    Verdict.PENDING,
                    whyPending(situation, marks, content, stale),
                    Optional.empty(),
                    memory(Verdict.PENDING, situation, marks, content, stale, approved),
                    settled);
        }
        if (isDelayed(situation)) {
            return new Judgement(
                    Verdict.DELAYED,
                    "approved, and public from " + message.ts().instant().plus(rule.delay()),
                    Optional.empty(),
                    memory(Verdict.DELAYED, situation, marks, content, stale, approved),
                    settled);
        }
        boolean editWaits = !content.addsNothingTo(Content.of(new Message(message.ts(), approved.get())));
        return new Judgement(
                Verdict.APPROVED,
                whyApproved(marks) + (editWaits ? "; an edit waits for a new approval" : ""),
                Optional.of(shown(message, approved.get())),
                memory(Verdict.APPROVED, situation, marks, content, stale, approved),
                settled);
    }

    // What can be said without looking at any mark.

    private Optional<String> noise(Message message) {
        String subtype = message.subtype();
        if (message.isTombstone()) {
            return Optional.of("deleted in Slack");
        }
        if (!SUBTYPES.contains(subtype)) {
            return Optional.of("not written by a reporter: " + subtype);
        }
        if (message.ts().instant().isBefore(rule.since())) {
            return Optional.of("older than since");
        }
        if (message.isReply()) {
            return Optional.of("a reply in a thread");
        }
        if (subtype.equals("bot_message") || message.bot().isPresent()) {
            if (message.bot().filter(rule.bots()::contains).isEmpty()) {
                return Optional.of("by a bot that is not listed under bots");
            }
        }
        if (message.author().isEmpty() || message.author().get().value().equals("USLACKBOT")) {
            return Optional.of("has no author");
        }
        if (message.text().isBlank()) {
            return Optional.of("has no text");
        }
        boolean afterClosing = rule.closedAt()
                .map(closed -> message.ts().instant().isAfter(closed))
                .orElse(false);
        return afterClosing ? Optional.of("posted after the chat was closed") : Optional.empty();
    }

    private boolean isPrivate(Message message) {
        String prefix = rule.privatePrefix();
        if (prefix.isEmpty()) {
            return false;
        }
        // Slack escapes & < > in text, so the prefix <#> arrives as &lt;#&gt;.
        String text = message.text().stripLeading();
        String plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
        return plain.startsWith(prefix) || text.startsWith(prefix);
    }

    private boolean isDelayed(Situation situation) {
        if (rule.delay().isZero()) {
            return false;
        }
        Verdict last = situation.before().map(Memory::verdict).orElse(Verdict.PENDING);
        if (last == Verdict.APPROVED) {
            return false;
        }
        Instant over = situation.message().ts().instant().plus(rule.delay());
        return situation.readAt().map(at -> at.isBefore(over)).orElse(last == Verdict.DELAYED);
    }

    // What the marks say.

    /** Approving marks that don't count for the content as it is now. */
    private Set<Mark> staleMarks(Situation situation, Marks marks, Content content) {
        if (!approval.required()) {
            return Set.of();
        }
        Set<Mark> approving = marks.approving;
        Optional<Memory> before = situation.before().filter(Memory::underRule);
        boolean holdsEdits = approval.onEdit() == ApprovalRule.OnEdit.HOLD;
        if (before.isEmpty()) {
            boolean edited = situation.message().editedAt().isPresent();
            return edited && holdsEdits ? approving : Set.of();
        }
        boolean changed = !content.digest().equals(before.get().content());
        if (changed && holdsEdits && !onlyFilesWent(before.get(), situation, content) && !trustsEdit(situation)) {
            return approving;
        }
        var stale = new HashSet<>(before.get().stale());
        stale.retainAll(approving);
        return stale;
    }

    /** What is approved now, as a raw message. */
    private Optional<JsonNode> approved(Situation situation, Marks marks, Content content, Set<Mark> stale) {
        Message message = situation.message();
        Optional<JsonNode> now = Optional.of(message.json());
        if (!approval.required()) {
            return now;
        }
        Set<Mark> approving = marks.approving;
        var fresh = new HashSet<>(approving);
        fresh.removeAll(stale);
        if (people(fresh) >= approval.count()) {
            return situation
                    .before()
                    .filter(before -> before.underRule() && before.content().equals(content.digest()))
                    .flatMap(Memory::approved)
                    .filter(was -> content.addsNothingTo(Content.of(new Message(message.ts(), was))))
                    .or(() -> now);
        }
        Optional<JsonNode> was = situation.before().filter(Memory::underRule).flatMap(Memory::approved);
        if (was.isEmpty() || people(approving) < approval.count()) {
            return Optional.empty();
        }
        boolean changed = !situation.before().orElseThrow().content().equals(content.digest());
        boolean publishes = approval.onEdit() == ApprovalRule.OnEdit.PUBLISH || changed && trustsEdit(situation);
        return publishes ? now : was;
    }

    /** An approver's own edit publishes by itself, where his mark alone would do. */
    private boolean trustsEdit(Situation situation) {
        Message message = situation.message();
        String edited = message.json().path("edited").path("ts").asText("");
        boolean isNewEdit = situation
                .before()
                .map(before -> edited.compareTo(before.editedTs()) > 0)
                .orElse(false);
        return isNewEdit
                && approval.count() == 1
                && message.editor()
                        .filter(editor ->
                                approval.selfApprove() || !message.author().equals(Optional.of(editor)))
                        .filter(editor -> standings.apply(editor) == Standing.APPROVER)
                        .isPresent();
    }

    private boolean onlyFilesWent(Memory before, Situation situation, Content content) {
        return before.approved()
                .map(was -> content.addsNothingTo(
                        Content.of(new Message(situation.message().ts(), was))))
                .orElse(false);
    }

    /** The approved message, less the files that went since. */
    private static Message shown(Message now, JsonNode approved) {
        if (!approved.path("files").isArray()) {
            return new Message(now.ts(), approved);
        }
        Set<String> there = new HashSet<>();
        now.json().path("files").forEach(file -> {
            if (!Content.isGone(file)) {
                there.add(file.path("id").asText());
            }
        });
        ObjectNode copy = approved.deepCopy();
        ArrayNode files = copy.putArray("files");
        for (JsonNode file : approved.path("files")) {
            if (there.contains(file.path("id").asText())) {
                files.add(file);
            }
        }
        return new Message(now.ts(), copy);
    }

    // What is remembered, and what is said.

    /** A message that is hidden whatever else it bears, and that needs a new approval to come back. */
    private Judgement hidden(Verdict verdict, String reason, Situation situation, Marks marks, Content content) {
        Set<Mark> approving = marks.approving;
        var stale = new HashSet<>(approving);
        situation
                .before()
                .filter(before -> before.verdict() == verdict)
                .ifPresent(before -> stale.retainAll(before.stale()));
        Memory memory = memory(verdict, situation, marks, content, stale, Optional.empty());
        return new Judgement(verdict, reason, Optional.empty(), memory, marks.settled);
    }

    private Memory memory(
            Verdict verdict,
            Situation situation,
            Marks marks,
            Content content,
            Set<Mark> stale,
            Optional<JsonNode> approved) {
        String editedTs = situation.message().json().path("edited").path("ts").asText("");
        return new Memory(verdict, approval.required(), content.digest(), editedTs, marks.judged, stale, approved);
    }

    private String whyApproved(Marks marks) {
        if (!approval.required()) {
            return "no approval required";
        }
        return by("approved by", marks.approving.toArray(new Mark[0]));
    }

    private String whyPending(Situation situation, Marks marks, Content content, Set<Mark> stale) {
        if (!stale.isEmpty()) {
            boolean wasHidden = situation.before().map(Memory::verdict).stream()
                    .anyMatch(last -> last == Verdict.REJECTED || last == Verdict.WITHDRAWN || last == Verdict.DELETED);
            return wasHidden
                    ? "was taken down; needs a new approval"
                    : "edited around its approval; needs a new approval";
        }
        int people = people(marks.approving);
        return people == 0 ? "waits for an approval" : "approved by " + people + " of " + approval.count() + " people";
    }

    private static String by(String words, Mark... marks) {
        var users = new TreeSet<String>();
        var emoji = new TreeSet<String>();
        for (Mark mark : marks) {
            users.add(mark.user().value());
            emoji.add(mark.emoji());
        }
        return words + " " + String.join(", ", users) + " (" + String.join(", ", emoji) + ")";
    }

    private static int people(Set<Mark> marks) {
        return (int) marks.stream().map(Mark::user).distinct().count();
    }

    /** The marks of one message that the rule cares for, each with its owner's standing. */
    private final class Marks {
        private final Map<Mark, Standing> judged = new LinkedHashMap<>();
        private final Set<Mark> approving = new LinkedHashSet<>();
        private boolean settled = true;

        Marks(Situation situation) {
            Map<Mark, Standing> before = situation.before().map(Memory::marks).orElse(Map.of());
            for (Reaction reaction : situation.reactions()) {
                if (!rule.caresFor(reaction.emoji())) {
                    continue;
                }
                for (UserId user : reaction.users()) {
                    note(new Mark(user, reaction.emoji()), before);
                }
                if (!reaction.namesEverybody()) {
                    // Until Slack names everybody, who was there is taken to be there still.
                    settled = false;
                    before.forEach((mark, standing) -> {
                        if (mark.emoji().equals(reaction.emoji())) {
                            judged.putIfAbsent(mark, standing);
                        }
                    });
                }
            }
            for (Mark mark : judged.keySet()) {
                if (approves(mark, situation.message())) {
                    approving.add(mark);
                }
            }
        }

        private void note(Mark mark, Map<Mark, Standing> before) {
            Standing standing = before.containsKey(mark) ? before.get(mark) : standings.apply(mark.user());
            if (standing == Standing.UNKNOWN) {
                settled = false;
                return;
            }
            judged.put(mark, standing);
        }

        Optional<Mark> rejection() {
            return judged.keySet().stream()
                    .filter(mark -> approval.reject().contains(mark.emoji()) && mayHide(mark))
                    .findFirst();
        }

        Optional<Mark> hold(Message message) {
            return judged.keySet().stream()
                    .filter(mark -> approval.hold().contains(mark.emoji()))
                    .filter(mark -> mayHide(mark)
                            || judged.get(mark) != Standing.BOT
                                    && message.author().equals(Optional.of(mark.user())))
                    .findFirst();
        }

        /** Approvers may; where no approval is required, anybody but a bot. */
        private boolean mayHide(Mark mark) {
            return switch (judged.get(mark)) {
                case APPROVER -> true;
                case SOMEBODY -> !approval.required();
                case BOT, UNKNOWN -> false;
            };
        }

        private boolean approves(Mark mark, Message message) {
            boolean own = message.author().equals(Optional.of(mark.user()));
            return judged.get(mark) == Standing.APPROVER
                    && approval.emoji().contains(mark.emoji())
                    && (approval.selfApprove() || !own);
        }
    }
}
