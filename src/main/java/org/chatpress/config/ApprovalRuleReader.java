package org.chatpress.config;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.chatpress.approval.policy.ApprovalRule;
import org.chatpress.approval.policy.ApprovalRule.Approvers;
import org.chatpress.approval.policy.ApprovalRule.OnEdit;
import org.chatpress.config.ConfigNode.Section;
import org.chatpress.model.UserId;

/** {@code approval}: {@code none}, or a section that says who approves, and by which emoji. */
final class ApprovalRuleReader {
    private static final Set<String> APPROVE = Set.of("white_check_mark", "heavy_check_mark");

    private ApprovalRuleReader() {}

    static ApprovalRule read(ConfigNode approval) {
        if (approval.isText()) {
            if (!approval.text().equals("none")) {
                approval.problem(approval.quoted() + " is no approval rule. Write none, or a section with approvers.");
            }
            return ApprovalRule.none();
        }
        return rule(approval.section());
    }

    private static ApprovalRule rule(Section section) {
        ConfigNode approvers = section.get("approvers");
        ConfigNode emoji = section.get("emoji");
        ConfigNode reject = section.get("reject");
        ConfigNode hold = section.get("hold");
        ConfigNode count = section.get("count");
        var rule = new ApprovalRule(
                true,
                emoji(emoji, APPROVE),
                approvers(approvers),
                count.read(ValueParsers.integer(1, 100), 1),
                section.get("self-approve").read(ValueParsers::flag, true),
                section.get("on-edit").read(ValueParsers.oneOf(OnEdit.class), OnEdit.HOLD),
                emoji(reject, ApprovalRule.REJECT),
                emoji(hold, ApprovalRule.HOLD));
        section.rejectUnknownKeys();

        if (emoji.isList() && emoji.isEmpty()) {
            emoji.problem("is empty, so nothing could be approved. Write an emoji's name, or delete the line.");
        }
        refuseDoubleMeaning(rule.emoji(), rule.reject(), reject, "rejects");
        refuseDoubleMeaning(rule.emoji(), rule.hold(), hold, "holds");
        boolean onlyPeople =
                !rule.approvers().anyone() && rule.approvers().groups().isEmpty();
        if (onlyPeople
                && approvers.isList()
                && rule.count() > Math.max(1, approvers.items().size())) {
            count.problem("asks for " + rule.count() + " people, but approvers names fewer."
                    + " Name more approvers, or write a smaller number.");
        }
        return rule;
    }

    private static Approvers approvers(ConfigNode value) {
        if (value.isEmpty()) {
            value.problem((value.isPresent() ? "is empty" : "is missing")
                    + ", so nobody could approve. Write the ids of people (U...) or user groups (S...), or [anyone].");
        }
        List<String> approvers = value.list(ValueParsers::approver);
        return new Approvers(
                approvers.stream()
                        .filter(approver -> approver.matches("[UW].*"))
                        .map(UserId::new)
                        .collect(Collectors.toSet()),
                approvers.stream().filter(approver -> approver.startsWith("S")).collect(Collectors.toSet()),
                approvers.contains(ValueParsers.ANYONE));
    }

    private static Set<String> emoji(ConfigNode value, Set<String> otherwise) {
        return value.set(ValueParsers::emoji, otherwise);
    }

    private static void refuseDoubleMeaning(Set<String> approving, Set<String> others, ConfigNode place, String verb) {
        others.stream()
                .filter(approving::contains)
                .sorted()
                .forEach(
                        both -> place.problem(both + " approves and " + verb + " at once. Write it in one list only."));
    }
}
