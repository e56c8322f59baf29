package org.chatpress.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.chatpress.config.ConfigNode.Section;
import org.chatpress.text.pattern.PatternRule;
import org.chatpress.text.pattern.Regex;

/** Reads {@code patterns}. */
final class PatternRuleReader {
    private static final List<String> ATTACHMENT = List.of("title", "text", "url", "image", "author", "service");

    private PatternRuleReader() {}

    static List<PatternRule> read(ConfigNode patterns) {
        return patterns.items().stream().map(PatternRuleReader::rule).toList();
    }

    private static PatternRule rule(ConfigNode pattern) {
        Section section = pattern.section();
        Regex match = section.get("match")
                .required(PatternRuleReader::regex, "write a regular expression, such as ^SCORE (\\d+)-(\\d+)$");
        ConfigNode html = section.get("html");
        ConfigNode args = section.get("args");
        ConfigNode kwargs = section.get("kwargs");
        ConfigNode attachment = section.get("attachment");
        section.rejectUnknownKeys();

        Map<String, ConfigNode> kwargTexts = kwargs.section().members();
        Map<String, ConfigNode> attachmentTexts = attachmentTexts(attachment.section());
        var rule = new PatternRule(
                match,
                html.optional(ValueParsers::text),
                args.list(ValueParsers::nonEmptyText),
                texts(kwargTexts),
                texts(attachmentTexts));

        boolean hasEffect = html.isPresent() || args.isPresent() || kwargs.isPresent() || attachment.isPresent();
        if (!hasEffect && !section.isInvalid()) {
            pattern.problem("no effect: write html, args, kwargs or attachment");
        }
        var templates = new ArrayList<ConfigNode>();
        templates.add(html);
        templates.addAll(args.isList() ? args.items() : List.of());
        templates.addAll(kwargTexts.values());
        templates.addAll(attachmentTexts.values());
        if (match != null) {
            rejectUnknownGroups(match.groupCount(), templates);
        }
        return rule;
    }

    private static Regex regex(ConfigNode value) {
        String expression = ValueParsers.nonEmptyText(value);
        try {
            return new Regex(expression);
        } catch (IllegalArgumentException e) {
            throw value.invalid("regular expression", e.getMessage());
        }
    }

    private static Map<String, ConfigNode> attachmentTexts(Section attachment) {
        ATTACHMENT.forEach(attachment::get);
        attachment.rejectUnknownKeys();
        return attachment.members();
    }

    private static Map<String, String> texts(Map<String, ConfigNode> nodes) {
        var texts = new LinkedHashMap<String, String>();
        nodes.forEach((key, node) -> texts.put(key, node.read(ValueParsers::text, "")));
        return texts;
    }

    private static void rejectUnknownGroups(int groups, List<ConfigNode> templates) {
        for (ConfigNode template : templates) {
            if (!template.isText()) {
                continue;
            }
            PatternRule.groupsIn(template.text()).stream()
                    .filter(group -> group > groups)
                    .findFirst()
                    .ifPresent(group -> template.problem("unknown group $" + group + ": match has "
                            + (groups == 1 ? "1 group" : groups + " groups") + "; write $$ for a dollar sign"));
        }
    }
}
