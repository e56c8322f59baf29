package org.chatpress.approval.policy;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.chatpress.approval.policy.ApprovalRule.Approvers;
import org.chatpress.approval.policy.ApprovalRule.OnEdit;
import org.chatpress.approval.policy.ChannelPolicy.AnnotationRules;
import org.chatpress.model.MessageTs;
import org.chatpress.model.UserId;

/** Builds a channel's rules. By default an approval by a check mark is required. */
final class Rules {
    private boolean required = true;
    private final Set<String> emoji = new HashSet<>(Set.of("white_check_mark", "heavy_check_mark"));
    private int count = 1;
    private boolean selfApprove = true;
    private OnEdit onEdit = OnEdit.HOLD;
    private Instant since = Instant.parse("2026-11-03T18:00:00Z");
    private final Set<UserId> bots = new HashSet<>();
    private String privatePrefix = "<#>";
    private final Set<MessageTs> withdrawn = new HashSet<>();
    private Duration delay = Duration.ZERO;
    private boolean replies;
    private Optional<Instant> closedAt = Optional.empty();

    static Rules required() {
        return new Rules();
    }

    static Rules none() {
        var rules = new Rules();
        rules.required = false;
        return rules;
    }

    Rules emoji(String... names) {
        emoji.clear();
        emoji.addAll(Set.of(names));
        return this;
    }

    Rules count(int people) {
        count = people;
        return this;
    }

    Rules noSelfApproval() {
        selfApprove = false;
        return this;
    }

    Rules publishesEdits() {
        onEdit = OnEdit.PUBLISH;
        return this;
    }

    Rules since(String moment) {
        since = Instant.parse(moment);
        return this;
    }

    Rules bot(String id) {
        bots.add(new UserId(id));
        return this;
    }

    Rules privatePrefix(String prefix) {
        privatePrefix = prefix;
        return this;
    }

    Rules withdraws(String ts) {
        withdrawn.add(new MessageTs(ts));
        return this;
    }

    Rules delay(Duration delayed) {
        delay = delayed;
        return this;
    }

    Rules publishesReplies() {
        replies = true;
        return this;
    }

    Rules closed(String moment) {
        closedAt = Optional.of(Instant.parse(moment));
        return this;
    }

    ChannelPolicy build() {
        ApprovalRule approval = required
                ? new ApprovalRule(
                        true,
                        emoji,
                        Approvers.NONE, // the tests set each user's role
                        count,
                        selfApprove,
                        onEdit,
                        ApprovalRule.REJECT,
                        ApprovalRule.HOLD)
                : ApprovalRule.none();
        return new ChannelPolicy(
                approval,
                since,
                bots,
                privatePrefix,
                withdrawn,
                delay,
                true,
                true,
                replies,
                AnnotationRules.BUILT_IN,
                closedAt);
    }
}
