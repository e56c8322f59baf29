package org.chatpress.config;

import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.chatpress.approval.ApprovalRule;
import org.chatpress.config.Settings.Avatars;
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
            Set.of(),
            "<#>",
            List.of(),
            Set.of(),
            Avatars.LINK,
            false,
            "{slug}.json");

    static HouseRules read(Section section, HouseRules otherwise) {
        Value approval = section.at("approval");
        Value threads = section.at("threads");
        Value bots = section.at("bots");
        Value patterns = section.at("patterns");
        Value formats = section.at("formats");
        var rules = new HouseRules(
                approval.isThere() ? Optional.of(Approvals.read(approval)) : otherwise.approval(),
                section.at("time-zone").read(Forms::timeZone, otherwise.timeZone()),
                section.at("delay").read(Forms::duration, otherwise.delay()),
                threads.read(Forms.oneOf(Threads.class), otherwise.threads()),
                bots.isThere() ? Set.copyOf(bots.each(SlackForms::bot)) : otherwise.bots(),
                section.at("private-prefix").read(Forms::text, otherwise.privatePrefix()),
                patterns.isThere() ? PatternRules.read(patterns) : otherwise.patterns(),
                formats.isThere() ? Set.copyOf(formats.each(Forms.oneOf(Format.class))) : otherwise.formats(),
                section.at("avatars").read(Forms.oneOf(Avatars.class), otherwise.avatars()),
                section.at("jsonp").read(Forms::flag, otherwise.jsonp()),
                section.at("file").read(Forms::fileName, otherwise.file()));
        if (threads.isText() && rules.threads() == Threads.PUBLISH) {
            threads.notYet("publish is not in this version; replies are not published");
        }
        readNotYet(section);
        return rules;
    }

    private static void readNotYet(Section section) {
        for (String list : List.of("reactions", "kwargs")) {
            if (!section.at(list).items().isEmpty()) {
                section.at(list).notYet("is not in this version and changes nothing");
            }
        }
        Value args = section.at("args");
        if (args.isThere()) {
            args.section();
            args.notYet("is not in this version and changes nothing");
        }
    }
}
