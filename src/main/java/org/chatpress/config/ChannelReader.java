package org.chatpress.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.chatpress.approval.policy.AnnotationRules;
import org.chatpress.approval.policy.ApprovalRule;
import org.chatpress.config.Channel.Approval;
import org.chatpress.config.Channel.Presentation;
import org.chatpress.config.Channel.Publishing;
import org.chatpress.config.Channel.Source;
import org.chatpress.config.ConfigNode.Section;

/** {@code channels}: each on its own, and no two with the same id, slug or file. */
final class ChannelReader {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9]\\d{0,17})(\\.\\d{1,18})?");

    private final ChannelDefaults defaults;
    private final Optional<String> liveReaction;
    private final Map<String, ConfigNode> ids = new HashMap<>();
    private final Map<String, ConfigNode> slugs = new HashMap<>();
    private final Map<String, ConfigNode> names = new HashMap<>();

    ChannelReader(ChannelDefaults defaults, Optional<String> liveReaction) {
        this.defaults = defaults;
        this.liveReaction = liveReaction;
    }

    List<Channel> read(ConfigNode channels) {
        if (channels.isEmpty()) {
            channels.problem("is missing. Write at least one channel, with id, slug and since.");
        }
        return channels.items().stream().map(value -> channel(value.section())).toList();
    }

    private Channel channel(Section channel) {
        ChannelDefaults rules = ChannelDefaults.read(channel, defaults);
        ConfigNode id = channel.get("id");
        ConfigNode slug = channel.get("slug");
        var read = new Channel(
                id.required(ValueParsers::channelId, "Write the channel's id, such as C0123456789."),
                slug.required(ValueParsers::slug, "Write the chat's name in its files, such as election-night."),
                new Source(
                        channel.get("since")
                                .required(
                                        ValueParsers.instant(rules.timeZone()),
                                        "Write when the chat begins, such as 2026-11-03T18:00:00-08:00:"
                                                + " nothing older is ever published."),
                        rules.bots(),
                        rules.privatePrefix(),
                        rules.threads()),
                new Approval(
                        approval(channel, rules),
                        rules.delay(),
                        channel.get("withdraw").set(ValueParsers::ts, Set.of()),
                        new AnnotationRules(rules.args(), rules.kwargs()),
                        liveReaction),
                new Presentation(
                        channel.get("headline").read(ValueParsers::text, ""),
                        channel.get("description").read(ValueParsers::text, ""),
                        channel.get("live-content").read(ValueParsers::text, ""),
                        rules.timeZone(),
                        rules.reactions(),
                        rules.patterns(),
                        rules.avatars(),
                        json(channel.get("extras").section())),
                new Publishing(
                        channel.get("closed").read(ValueParsers::flag, false),
                        channel.get("hidden").read(ValueParsers::flag, false),
                        channel.get("page").optional(ValueParsers::url),
                        rules.file().replace("{id}", id.text()).replace("{slug}", slug.text()),
                        rules.jsonp(),
                        rules.formats()));
        channel.rejectUnknownKeys();
        refuseSecond(ids, id);
        refuseSecond(slugs, slug);
        if (read.id() != null && read.slug() != null) {
            refuseTakenNames(read, channel.get("file").isPresent() ? channel.get("file") : slug, slug);
        }
        return read;
    }

    private static ApprovalRule approval(Section channel, ChannelDefaults rules) {
        if (rules.approval().isEmpty() && !channel.isInvalid()) {
            channel.get("approval")
                    .problem("is missing, here and in defaults. Write none to publish every message at once,"
                            + " or a section with approvers.");
        }
        return rules.approval().orElseGet(ApprovalRule::none);
    }

    private static void refuseSecond(Map<String, ConfigNode> seen, ConfigNode value) {
        ConfigNode first = value.isText() ? seen.putIfAbsent(value.text(), value) : null;
        if (first != null) {
            value.problem(value.quoted() + " stands on line " + first.line() + " too. Each channel needs its own.");
        }
    }

    /** The folder and the files of a chat lie beside those of the others, on some servers whatever their capitals. */
    private void refuseTakenNames(Channel channel, ConfigNode file, ConfigNode slug) {
        if (slugs.get(slug.text()) != slug) {
            return;
        }
        Publishing publishing = channel.publishing();
        var own = new ArrayList<>(List.of(slug.text(), publishing.file()));
        if (publishing.jsonp()) {
            own.add(publishing.file().replaceFirst("\\.json$", "") + ".jsonp");
        }
        for (String name : own) {
            if (name.equalsIgnoreCase("channels.json")) {
                file.problem("makes a file called channels.json, which lists all channels. Write another name.");
                continue;
            }
            ConfigNode other = names.putIfAbsent(name.toLowerCase(Locale.ROOT), slug);
            if (other != null) {
                file.problem("makes a file that the channel with the slug on line " + other.line()
                        + " has too. Write another name.");
            }
        }
    }

    private static ObjectNode json(Section section) {
        ObjectNode object = JSON.objectNode();
        section.members().forEach((key, value) -> object.set(key, json(value)));
        return object;
    }

    private static JsonNode json(ConfigNode value) {
        if (value.isSection()) {
            return json(value.section());
        }
        if (value.isList()) {
            ArrayNode array = JSON.arrayNode();
            value.items().forEach(item -> array.add(json(item)));
            return array;
        }
        return value.isText() ? scalar(value) : JSON.nullNode();
    }

    /** Without quotes, what JSON would read as a number or a boolean is one; with quotes, or by a variable, a string. */
    private static JsonNode scalar(ConfigNode value) {
        String text = value.text();
        if (!value.isUnquoted() || !value.isLiteral()) {
            return JSON.textNode(text);
        }
        if (text.equals("true") || text.equals("false")) {
            return JSON.booleanNode(text.equals("true"));
        }
        if (!NUMBER.matcher(text).matches()) {
            return JSON.textNode(text);
        }
        return text.contains(".") ? JSON.numberNode(new BigDecimal(text)) : JSON.numberNode(Long.parseLong(text));
    }
}
