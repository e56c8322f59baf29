package org.chatpress.cycle;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.chatpress.approval.Approval;
import org.chatpress.approval.ApprovalRule;
import org.chatpress.approval.ChannelRule;
import org.chatpress.approval.Judgement;
import org.chatpress.approval.Situation;
import org.chatpress.config.Settings;
import org.chatpress.config.Settings.Channel;
import org.chatpress.failure.RemoteFailure;
import org.chatpress.model.ChannelId;
import org.chatpress.model.MessageTs;
import org.chatpress.model.PublicMessage;
import org.chatpress.model.Reaction;
import org.chatpress.slack.Slack;
import org.chatpress.store.Channels.Row;
import org.chatpress.store.Chats.Decision;
import org.chatpress.store.Store;
import org.chatpress.text.MessageText;

/** Judges what changed in a channel, and writes down what readers may see of it. */
public final class ApprovalDesk {
    private final Slack slack;
    private final Store store;
    private final Directory directory;
    private final CopyDesk copyDesk;

    public ApprovalDesk(Slack slack, Store store, MessageText text) {
        this.slack = slack;
        this.store = store;
        this.directory = new Directory(slack, store);
        this.copyDesk = new CopyDesk(store, directory, text);
    }

    /** A new cycle begins. */
    void open(Settings settings, Instant now) {
        directory.open(now);
        copyDesk.open(settings);
    }

    void judge(Channel channel, Instant now, CycleReport report) {
        Row row = store.channels().row(channel.id()).orElseThrow();
        ChannelRule rule = rule(channel, row);
        String digest = digest(rule);
        boolean ruleChanged = !row.rule().equals(digest);
        List<Situation> situations = store.messages().toJudge(channel.id());
        List<Situation> bystanders = ruleChanged ? bystanders(channel.id(), situations) : List.of();
        if (situations.isEmpty() && !ruleChanged) {
            return;
        }
        var approval = new Approval(rule, user -> directory.standing(user, rule.approval()));
        var decisions = new ArrayList<Decision>();
        for (Situation situation : situations) {
            Situation whole = completed(channel, rule, situation, report);
            decisions.add(decision(channel, whole, approval.judge(whole), now));
        }
        for (Situation situation : bystanders) {
            decisions.add(unlessWithdrawn(channel, situation, approval.judge(situation)));
        }
        report.addChanged(store.chats().decide(channel.id(), digest, decisions, now));
        directory.troubles().forEach(failure -> report.add(channel.slug().value(), failure));
    }

    /** Public messages that nothing happened to, but for the rule. */
    private List<Situation> bystanders(ChannelId channel, List<Situation> changed) {
        Set<MessageTs> seen = new HashSet<>();
        changed.forEach(situation -> seen.add(situation.message().ts()));
        return store.messages().ofPublic(channel).stream()
                .filter(situation -> !seen.contains(situation.message().ts()))
                .toList();
    }

    /** A tighter rule withdraws; a looser one publishes nothing by itself, not even an edit that waits. */
    private Decision unlessWithdrawn(Channel channel, Situation situation, Judgement judgement) {
        Optional<PublicMessage> shown = judgement.shown().isPresent()
                ? store.chats().message(channel.id(), situation.message().ts())
                : Optional.empty();
        return new Decision(situation, judgement, shown, Optional.empty(), Optional.empty());
    }

    /** Slack may name only some of those who reacted; where that matters, it is asked for all of them. */
    private Situation completed(Channel channel, ChannelRule rule, Situation situation, CycleReport report) {
        boolean whole = situation.reactions().stream()
                .allMatch(reaction -> reaction.namesEverybody() || !rule.caresFor(reaction.emoji()));
        if (whole || situation.deleted()) {
            return situation;
        }
        MessageTs ts = situation.message().ts();
        try {
            // Slack may count people whom it no longer names; this is everybody there is.
            List<Reaction> reactions = slack.reactions(channel.id(), ts).stream()
                    .map(reaction -> new Reaction(
                            reaction.emoji(), reaction.users(), reaction.users().size()))
                    .toList();
            store.messages().completeReactions(channel.id(), ts, reactions);
            return new Situation(
                    situation.message(), reactions, situation.deleted(), situation.readAt(), situation.before());
        } catch (RemoteFailure e) {
            report.add(channel.slug().value(), e);
            return situation;
        }
    }

    private Decision decision(Channel channel, Situation situation, Judgement judgement, Instant now) {
        if (judgement.shown().isEmpty()) {
            return new Decision(situation, judgement, Optional.empty(), Optional.empty(), Optional.empty());
        }
        CopyDesk.Copy copy = copyDesk.write(channel, judgement.shown().get(), situation.message(), now);
        boolean settled = judgement.settled() && copy.complete();
        var settledJudgement =
                new Judgement(judgement.verdict(), judgement.reason(), judgement.shown(), judgement.memory(), settled);
        return new Decision(
                situation,
                settledJudgement,
                Optional.of(copy.message()),
                Optional.of(copy.author()),
                Optional.of(copy.images()));
    }

    private static ChannelRule rule(Channel channel, Row row) {
        return new ChannelRule(
                channel.approval(),
                channel.since(),
                channel.bots(),
                channel.privatePrefix(),
                channel.withdraw(),
                channel.delay(),
                row.closedAt());
    }

    /** Everything in a rule that can withdraw a message; not the approvers, for an approval outlives their shift. */
    private static String digest(ChannelRule rule) {
        ApprovalRule approval = rule.approval();
        return String.join(
                "|",
                String.valueOf(approval.required()),
                new TreeSet<>(approval.emoji()).toString(),
                String.valueOf(approval.count()),
                String.valueOf(approval.selfApprove()),
                new TreeSet<>(approval.reject()).toString(),
                new TreeSet<>(approval.hold()).toString(),
                rule.since().toString(),
                new TreeSet<>(rule.bots()).toString(),
                rule.privatePrefix(),
                new TreeSet<>(rule.withdrawn()).toString());
    }
}
