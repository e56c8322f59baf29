package org.chatpress.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.chatpress.config.ConfigNode.Section;
import org.chatpress.text.pattern.PatternRule;

/** Reads {@code patterns}. */
final class PatternRuleReader {
    private static final List<String> ATTACHMENT = List.of("title", "text", "url", "image", "author", "service");

    private PatternRuleReader() {}

    static List<PatternRule> read(ConfigNode patterns) {
        return patterns.items().stream().map(PatternRuleReader::rule).toList();
    }

    private static PatternRule rule(ConfigNode pattern) {
        Section section = pattern.section();
        ConfigNode match = section.get("match");
        ConfigNode html = section.get("html");
        ConfigNode args = section.get("args");
        ConfigNode kwargs = section.get("kwargs");
        ConfigNode attachment = section.get("attachment");
        section.rejectUnknownKeys();

        Map<String, ConfigNode> kwargTexts = kwargs.section().members();
        Map<String, ConfigNode> attachmentTexts = attachmentTexts(attachment.section());
        match.required(PatternRuleReader::expression, "write a regular expression, such as ^SCORE (\\d+)-(\\d+)$");
        var rule = new PatternRule(
                match.text(),
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
        rejectUnknownGroups(match, templates);
        return rule;
    }

    private static String expression(ConfigNode value) {
        String expression = ValueParsers.nonEmptyText(value);
        PatternRule.problem(expression).ifPresent(problem -> {
            throw value.invalid(
                    "regular expression", problem + "; simplify it, or write \\ before a character meant literally");
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
        nodes.forEach((key, node) -> texts.put(key, node.read(ValueParsers::text, "")));
        return texts;
    }

    private static void rejectUnknownGroups(ConfigNode match, List<ConfigNode> templates) {
        if (!match.isText() || PatternRule.problem(match.text()).isPresent()) {
            return;
        }
        int groups = PatternRule.groups(match.text());
        for (ConfigNode template : templates) {
            if (!template.isText()) {
                continue;
            }
            PatternRule.named(template.text()).stream()
                    .filter(group -> group > groups)
                    .findFirst()
                    .ifPresent(group -> template.problem("unknown group $" + group + ": match has "
                            + (groups == 1 ? "1 group" : groups + " groups") + "; write $$ for a dollar sign"));
        }
    }
}
