package org.chatpress.config;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.chatpress.approval.policy.ApprovalRule;
import org.chatpress.approval.policy.ApprovalRule.Approvers;
import org.chatpress.approval.policy.ApprovalRule.OnEdit;
import org.chatpress.config.ConfigNode.Section;
import org.chatpress.model.UserId;

/** Reads {@code approval}: {@code none}, or a section that names the approvers and their emoji. */
final class ApprovalRuleReader {
    private static final Set<String> APPROVE = Set.of("white_check_mark", "heavy_check_mark");

    private ApprovalRuleReader() {}

    static ApprovalRule read(ConfigNode approval) {
        return approval.isText()
                ? approval.read(ApprovalRuleReader::none, ApprovalRule.none())
                : rule(approval.section());
    }

    private static ApprovalRule none(ConfigNode approval) {
        if (!approval.text().equals("none")) {
            throw approval.invalid("value", "use none, or a section with approvers");
        }
        return ApprovalRule.none();
    }

    private static ApprovalRule rule(Section section) {
        ConfigNode approvers = section.get("approvers");
        ConfigNode emoji = section.get("emoji");
        ConfigNode reject = section.get("reject");
        ConfigNode hold = section.get("hold");
        ConfigNode count = section.get("count");
        var rule = new ApprovalRule(
                true,
                emoji.set(ValueParsers::emoji, APPROVE),
                approvers(approvers),
                count.read(ValueParsers.integer(1, 100), 1),
                section.get("self-approve").read(ValueParsers::flag, true),
                section.get("on-edit").read(ValueParsers.oneOf(OnEdit.class), OnEdit.HOLD),
                reject.set(ValueParsers::emoji, ApprovalRule.REJECT),
                hold.set(ValueParsers::emoji, ApprovalRule.HOLD));
        section.rejectUnknownKeys();

        if (emoji.isList() && emoji.isEmpty()) {
            emoji.problem("empty list, so no message could be approved: write an emoji's name, or delete the line");
        }
        rejectTwoMeanings(rule.emoji(), rule.reject(), reject, "rejects");
        rejectTwoMeanings(rule.emoji(), rule.hold(), hold, "holds");
        boolean onlyPeople =
                !rule.approvers().anyone() && rule.approvers().groups().isEmpty();
        if (onlyPeople
                && approvers.isList()
                && rule.count() > Math.max(1, approvers.items().size())) {
            count.problem("asks for more people than approvers lists: add approvers, or use a smaller number");
        }
        return rule;
    }

    private static Approvers approvers(ConfigNode node) {
        if (node.isEmpty()) {
            node.problem((node.isPresent() ? "empty list, so no message could be approved" : "missing")
                    + ": write the IDs of people (U...) or user groups (S...), or [anyone]");
        }
        List<String> approvers = node.list(ValueParsers::approver);
        return new Approvers(
                approvers.stream()
                        .filter(approver -> approver.matches("[UW].*"))
                        .map(UserId::new)
                        .collect(Collectors.toSet()),
                approvers.stream().filter(approver -> approver.startsWith("S")).collect(Collectors.toSet()),
                approvers.contains(ValueParsers.ANYONE));
    }

    private static void rejectTwoMeanings(Set<String> approving, Set<String> others, ConfigNode node, String verb) {
        others.stream()
                .filter(approving::contains)
                .sorted()
                .forEach(emoji -> node.problem(emoji + " approves and " + verb + ": keep it in one list"));
    }
}
