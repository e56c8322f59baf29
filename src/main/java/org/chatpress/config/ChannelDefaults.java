package org.chatpress.config;

import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.chatpress.approval.policy.ApprovalRule;
import org.chatpress.config.Channel.Avatars;
import org.chatpress.config.Channel.ShownReactions;
import org.chatpress.config.Channel.Threads;
import org.chatpress.config.ConfigNode.Section;
import org.chatpress.model.OutputFormat;
import org.chatpress.model.UserId;
import org.chatpress.text.pattern.PatternRule;

/** What the {@code defaults} say, and each channel may say otherwise. */
record ChannelDefaults(
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
        Set<OutputFormat> formats,
        Avatars avatars,
        boolean jsonp,
        String file) {
    /** Where nobody says anything. Approval has no default: what can leak is never decided by silence. */
    static final ChannelDefaults BUILT_IN = new ChannelDefaults(
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

    static ChannelDefaults read(Section section, ChannelDefaults otherwise) {
        ConfigNode approval = section.get("approval");
        ConfigNode reactions = section.get("reactions");
        ConfigNode args = section.get("args");
        ConfigNode kwargs = section.get("kwargs");
        ConfigNode bots = section.get("bots");
        ConfigNode patterns = section.get("patterns");
        ConfigNode formats = section.get("formats");
        return new ChannelDefaults(
                approval.isPresent() ? Optional.of(ApprovalRuleReader.read(approval)) : otherwise.approval(),
                section.get("time-zone").read(ValueParsers::timeZone, otherwise.timeZone()),
                section.get("delay").read(ValueParsers::duration, otherwise.delay()),
                section.get("threads").read(ValueParsers.oneOf(Threads.class), otherwise.threads()),
                reactions.isPresent() ? shownReactions(reactions) : otherwise.reactions(),
                args.isPresent() ? args(args) : otherwise.args(),
                kwargs.set(ValueParsers::annotationKey, otherwise.kwargs()),
                bots.set(ValueParsers::bot, otherwise.bots()),
                section.get("private-prefix").read(ValueParsers::text, otherwise.privatePrefix()),
                patterns.isPresent() ? PatternRuleReader.read(patterns) : otherwise.patterns(),
                formats.set(ValueParsers.oneOf(OutputFormat.class), otherwise.formats()),
                section.get("avatars").read(ValueParsers.oneOf(Avatars.class), otherwise.avatars()),
                section.get("jsonp").read(ValueParsers::flag, otherwise.jsonp()),
                section.get("file").read(ValueParsers::fileName, otherwise.file()));
    }

    /** {@code true}, {@code false}, or the emoji to show. */
    private static ShownReactions shownReactions(ConfigNode reactions) {
        return reactions.isText()
                ? new ShownReactions(reactions.read(ValueParsers::flag, false), Set.of())
                : new ShownReactions(false, Set.copyOf(reactions.list(ValueParsers::emoji)));
    }

    /** Words for the page, by the emoji that says them. */
    private static Map<String, String> args(ConfigNode args) {
        var words = new TreeMap<String, String>();
        args.section().members().forEach((emoji, word) -> {
            String name = ValueParsers.stripColons(emoji);
            if (!ValueParsers.isEmoji(name)) {
                word.problem("is no emoji's name. Write what Slack shows between the colons, such as camera: photo.");
            }
            words.put(name, word.required(ValueParsers::nonEmptyText, "Write the word that this emoji says."));
        });
        words.values().removeIf(Objects::isNull);
        return words;
    }
}
