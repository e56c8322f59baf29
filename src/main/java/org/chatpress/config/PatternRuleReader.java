package org.chatpress.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.chatpress.config.ConfigNode.InvalidValueException;
import org.chatpress.config.ConfigNode.Section;
import org.chatpress.text.pattern.PatternRule;

/** {@code patterns}: what becomes of words that have a certain form. */
final class PatternRuleReader {
    private static final List<String> ATTACHMENT = List.of("title", "text", "url", "image", "author", "service");

    private PatternRuleReader() {}

    static List<PatternRule> read(ConfigNode patterns) {
        return patterns.items().stream().map(item -> rule(item, item.section())).toList();
    }

    private static PatternRule rule(ConfigNode item, Section section) {
        ConfigNode match = section.get("match");
        ConfigNode html = section.get("html");
        ConfigNode args = section.get("args");
        ConfigNode kwargs = section.get("kwargs");
        ConfigNode attachment = section.get("attachment");
        Map<String, ConfigNode> kwargValues = kwargs.section().members();
        Map<String, ConfigNode> attachmentTexts = attachmentTexts(attachment.section());
        match.required(PatternRuleReader::expression, "Write a regular expression, such as ^SCORE (\\d+)-(\\d+)$.");
        var rule = new PatternRule(
                match.text(),
                html.optional(ValueParsers::text),
                args.list(ValueParsers::nonEmptyText),
                texts(kwargValues),
                texts(attachmentTexts));
        section.rejectUnknownKeys();
        if (!html.isPresent()
                && !args.isPresent()
                && !kwargs.isPresent()
                && !attachment.isPresent()
                && !section.isInvalid()) {
            item.problem("does nothing with what it finds. Write html, args, kwargs or attachment.");
        }
        if (match.isText() && PatternRule.problem(match.text()).isEmpty()) {
            int groups = PatternRule.groups(match.text());
            refuseUnknownGroups(html, groups);
            args.items().forEach(arg -> refuseUnknownGroups(arg, groups));
            kwargValues.values().forEach(value -> refuseUnknownGroups(value, groups));
            attachmentTexts.values().forEach(value -> refuseUnknownGroups(value, groups));
        }
        return rule;
    }

    private static String expression(ConfigNode value) {
        String expression = ValueParsers.nonEmptyText(value);
        PatternRule.problem(expression).ifPresent(problem -> {
            throw new InvalidValueException(value.quoted() + " is no regular expression that can be used: " + problem
                    + ". Write a simpler one, and \\ before a character that is meant as it stands.");
        });
        return expression;
    }

    private static Map<String, ConfigNode> attachmentTexts(Section attachment) {
        ATTACHMENT.forEach(attachment::get);
        attachment.rejectUnknownKeys();
        return attachment.members();
    }

    private static Map<String, String> texts(Map<String, ConfigNode> nodes) {
        var texts = new LinkedHashMap<String, String>();
        nodes.forEach((key, value) -> texts.put(key, value.read(ValueParsers::text, "")));
        return texts;
    }

    private static void refuseUnknownGroups(ConfigNode value, int groups) {
        if (!value.isText()) {
            return;
        }
        PatternRule.named(value.text()).stream()
                .filter(group -> group > groups)
                .findFirst()
                .ifPresent(group -> value.problem("names $" + group + ", but match has "
                        + (groups == 1 ? "1 group" : groups + " groups") + ". Write $$ for a dollar."));
    }
}
