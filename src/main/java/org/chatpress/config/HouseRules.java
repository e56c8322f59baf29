package org.chatpress.config;

import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.chatpress.approval.ApprovalRule;
import org.chatpress.config.Settings.Avatars;
import org.chatpress.config.Settings.ShownReactions;
import org.chatpress.config.Settings.Threads;
import org.chatpress.model.Format;
import org.chatpress.model.UserId;
import org.chatpress.text.PatternRule;

/** What the {@code defaults} say, and each channel may say otherwise. */
record HouseRules(
        Optional<ApprovalRule> approval,
        ZoneId timeZone,
        Duration delay,
        Threads threads,
        ShownReactions reactions,
        Map<String, String> args,
        Set<String> kwargs,
        Set<UserId> bots,
        String privatePrefix,
        List<PatternRule> patterns,
        Set<Format> formats,
        Avatars avatars,
        boolean jsonp,
        String file) {
    /** Where nobody says anything. Approval has no default: what can leak is never decided by silence. */
    static final HouseRules BUILT_IN = new HouseRules(
            Optional.empty(),
            ZoneId.of("UTC"),
            Duration.ZERO,
            Threads.IGNORE,
            ShownReactions.NONE,
            Map.of(),
            Set.of(),
            Set.of(),
            "<#>",
            List.of(),
            Set.of(),
            Avatars.LINK,
            false,
            "{slug}.json");

    static HouseRules read(Section section, HouseRules otherwise) {
        Value approval = section.at("approval");
        Value reactions = section.at("reactions");
        Value args = section.at("args");
        Value kwargs = section.at("kwargs");
        Value bots = section.at("bots");
        Value patterns = section.at("patterns");
        Value formats = section.at("formats");
        return new HouseRules(
                approval.isThere() ? Optional.of(Approvals.read(approval)) : otherwise.approval(),
                section.at("time-zone").read(Forms::timeZone, otherwise.timeZone()),
                section.at("delay").read(Forms::duration, otherwise.delay()),
                section.at("threads").read(Forms.oneOf(Threads.class), otherwise.threads()),
                reactions.isThere() ? shownReactions(reactions) : otherwise.reactions(),
                args.isThere() ? args(args) : otherwise.args(),
                kwargs.isThere() ? Set.copyOf(kwargs.each(SlackForms::noteKey)) : otherwise.kwargs(),
                bots.isThere() ? Set.copyOf(bots.each(SlackForms::bot)) : otherwise.bots(),
                section.at("private-prefix").read(Forms::text, otherwise.privatePrefix()),
                patterns.isThere() ? PatternRules.read(patterns) : otherwise.patterns(),
                formats.isThere() ? Set.copyOf(formats.each(Forms.oneOf(Format.class))) : otherwise.formats(),
                section.at("avatars").read(Forms.oneOf(Avatars.class), otherwise.avatars()),
                section.at("jsonp").read(Forms::flag, otherwise.jsonp()),
                section.at("file").read(Forms::fileName, otherwise.file()));
    }

    /** {@code true}, {@code false}, or the emoji to show. */
    private static ShownReactions shownReactions(Value reactions) {
        return reactions.isText()
                ? new ShownReactions(reactions.read(Forms::flag, false), Set.of())
                : new ShownReactions(false, Set.copyOf(reactions.each(SlackForms::emoji)));
    }

    /** Words for the page, by the emoji that says them. */
    private static Map<String, String> args(Value args) {
        args.section();
        var words = new TreeMap<String, String>();
        args.members().forEach((emoji, word) -> {
            String name = SlackForms.withoutColons(emoji);
            if (!SlackForms.isEmoji(name)) {
                word.problem("is no emoji's name. Write what Slack shows between the colons, such as camera: photo.");
            }
            words.put(name, word.required(Forms::someText, "Write the word that this emoji says."));
        });
        words.values().removeIf(Objects::isNull);
        return words;
    }
}
