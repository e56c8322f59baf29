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
import org.chatpress.model.UserId;
import org.chatpress.render.json.PublishingInfo.OutputFormat;
import org.chatpress.text.pattern.PatternRule;

/**
 * The settings that {@code defaults} may contain and each channel may override.
 *
 * @param approval empty: not set
 * @param language empty: the publisher's
 * @param file the name of the file with the whole chat, with the placeholders {@code {id}} and {@code {slug}}
 */
record ChannelDefaults(
        Optional<ApprovalRule> approval,
        ZoneId timeZone,
        Optional<String> language,
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
    /** Approval has no built-in default: what becomes public must be written down. */
    static final ChannelDefaults BUILT_IN = new ChannelDefaults(
            Optional.empty(),
            ZoneId.of("UTC"),
            Optional.empty(),
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

    /** @param fallback for the keys that the section does not have */
    static ChannelDefaults read(Section section, ChannelDefaults fallback) {
        ConfigNode approval = section.get("approval");
        ConfigNode language = section.get("language");
        ConfigNode reactions = section.get("reactions");
        ConfigNode args = section.get("args");
        ConfigNode patterns = section.get("patterns");
        return new ChannelDefaults(
                approval.isPresent() ? Optional.of(ApprovalRuleReader.read(approval)) : fallback.approval(),
                section.get("time-zone").read(ValueParsers::timeZone, fallback.timeZone()),
                language.isPresent() ? language.optional(ValueParsers::language) : fallback.language(),
                section.get("delay").read(ValueParsers::duration, fallback.delay()),
                section.get("threads").read(ValueParsers.oneOf(Threads.class), fallback.threads()),
                reactions.isPresent() ? shownReactions(reactions) : fallback.reactions(),
                args.isPresent() ? args(args) : fallback.args(),
                section.get("kwargs").set(ValueParsers::annotationKey, fallback.kwargs()),
                section.get("bots").set(ValueParsers::bot, fallback.bots()),
                section.get("private-prefix").read(ValueParsers::text, fallback.privatePrefix()),
                patterns.isPresent() ? PatternRuleReader.read(patterns) : fallback.patterns(),
                section.get("formats").set(ValueParsers.oneOf(OutputFormat.class), fallback.formats()),
                section.get("avatars").read(ValueParsers.oneOf(Avatars.class), fallback.avatars()),
                section.get("jsonp").read(ValueParsers::flag, fallback.jsonp()),
                section.get("file").read(ValueParsers::fileName, fallback.file()));
    }

    /** {@code true}, {@code false}, or a list of emoji. */
    private static ShownReactions shownReactions(ConfigNode reactions) {
        return reactions.isText()
                ? new ShownReactions(reactions.read(ValueParsers::flag, false), Set.of())
                : new ShownReactions(false, Set.copyOf(reactions.list(ValueParsers::emoji)));
    }

    /** What each emoji adds to a message's {@code args}. */
    private static Map<String, String> args(ConfigNode node) {
        var args = new TreeMap<String, String>();
        node.section().members().forEach((emoji, arg) -> {
            String name = ValueParsers.emojiName(emoji);
            if (!ValueParsers.isEmoji(name)) {
                arg.problem("invalid emoji: use the name that Slack shows between the colons, such as camera: photo");
            }
            args.put(name, arg.required(ValueParsers::nonEmptyText, "write what this emoji adds to args"));
        });
        args.values().removeIf(Objects::isNull);
        return args;
    }
}
