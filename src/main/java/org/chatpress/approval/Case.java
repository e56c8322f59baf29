package org.chatpress.approval;

import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.chatpress.model.Message;
import org.chatpress.model.UserId;

/** A message before the judge: what it says now, the marks it bears, and what is remembered of it. */
final class Case {
    private final Situation situation;
    private final ApprovalRule approval;
    private final Function<UserId, Standing> standings;
    private final Marks marks;
    private final Content content;
    private final String digest;

    /** @param standings who somebody is now; asked only for what was not there before */
    Case(Situation situation, ChannelRule rule, Function<UserId, Standing> standings) {
        this.situation = situation;
        this.approval = rule.approval();
        this.standings = standings;
        this.marks = new Marks(
                situation, rule, standings, before().map(Memory::marks).orElse(Map.of()));
        this.content = Content.of(situation.message());
        this.digest = content.digest();
    }

    Message message() {
        return situation.message();
    }

    Marks marks() {
        return marks;
    }

    Content content() {
        return content;
    }

    /** The content's. */
    String digest() {
        return digest;
    }

    /** What is remembered, where it was judged under the same kind of rule. */
    Optional<Memory> before() {
        return situation.before().filter(before -> before.underRule() == approval.required());
    }

    /** The last verdict, under whatever rule. */
    Verdict last() {
        return situation.before().map(Memory::verdict).orElse(Verdict.PENDING);
    }

    /** Slack's time of the last edit; empty if there was none. */
    String editedTs() {
        return message().json().path("edited").path("ts").asText("");
    }

    Standing standing(UserId user) {
        return standings.apply(user);
    }

    /** Hidden whatever else it bears, and it needs a new approval to come back. */
    Judgement hidden(Verdict verdict, String reason) {
        return hidden(verdict, reason, marks.isSettled());
    }

    /** Likewise, until Slack answers. */
    Judgement unsettled(Verdict verdict, String reason) {
        return hidden(verdict, reason, false);
    }

    private Judgement hidden(Verdict verdict, String reason, boolean settled) {
        Optional<Memory> same = situation
                .before()
                .filter(before ->
                        before.verdict() == verdict && before.content().equals(digest));
        var stale = new HashSet<>(marks.approving);
        same.ifPresent(before -> stale.retainAll(before.stale()));
        String seen = same.isPresent() || marks.namesApprovers() ? digest : Memory.UNCLEAR;
        var memory = new Memory(verdict, approval.required(), seen, editedTs(), marks.judged, stale, Optional.empty());
        return new Judgement(verdict, reason, Optional.empty(), memory, settled);
    }
}
