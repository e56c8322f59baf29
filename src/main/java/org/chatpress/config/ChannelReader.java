package org.chatpress.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.chatpress.approval.policy.ApprovalRule;
import org.chatpress.approval.policy.ChannelPolicy.AnnotationRules;
import org.chatpress.config.Channel.Approval;
import org.chatpress.config.Channel.Closing;
import org.chatpress.config.Channel.Presentation;
import org.chatpress.config.Channel.Publishing;
import org.chatpress.config.Channel.Source;
import org.chatpress.config.ConfigNode.Section;

/** Reads {@code channels}. Two channels with the same ID, slug or file name are a problem. */
final class ChannelReader {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9]\\d{0,17})(\\.\\d{1,18})?");

    private final ChannelDefaults defaults;
    private final Optional<String> liveReaction;
    private final Map<String, ConfigNode> ids = new HashMap<>();
    private final Map<String, ConfigNode> slugs = new HashMap<>();
    private final Map<String, ConfigNode> fileNames = new HashMap<>();

    ChannelReader(ChannelDefaults defaults, Optional<String> liveReaction) {
        this.defaults = defaults;
        this.liveReaction = liveReaction;
    }

    List<Channel> read(ConfigNode channels) {
        if (channels.isEmpty()) {
            channels.problem("missing: write at least one channel with id, slug and since");
        }
        return channels.items().stream().map(node -> channel(node.section())).toList();
    }

    private Channel channel(Section channel) {
        ChannelDefaults shared = ChannelDefaults.read(channel, defaults);
        ConfigNode id = channel.get("id");
        ConfigNode slug = channel.get("slug");
        var read = new Channel(
                id.required(ValueParsers::channelId, "write the channel ID, such as C0123456789"),
                slug.required(ValueParsers::slug, "write the chat's name for files and URLs, such as election-night"),
                new Source(
                        channel.get("since")
                                .required(
                                        ValueParsers.instant(shared.timeZone()),
                                        "write when the chat starts, such as 2026-11-03T18:00:00-08:00;"
                                                + " older messages are never published"),
                        shared.bots(),
                        shared.privatePrefix(),
                        shared.threads()),
                new Approval(
                        approval(channel, shared),
                        shared.delay(),
                        channel.get("withdraw").set(ValueParsers::ts, Set.of()),
                        new AnnotationRules(shared.args(), shared.kwargs()),
                        liveReaction),
                new Presentation(
                        channel.get("headline").read(ValueParsers::text, ""),
                        channel.get("description").read(ValueParsers::text, ""),
                        channel.get("live-content").read(ValueParsers::text, ""),
                        shared.timeZone(),
                        shared.language(),
                        shared.reactions(),
                        shared.patterns(),
                        shared.avatars(),
                        json(channel.get("extras").section())),
                new Publishing(
                        channel.get("closed").read(ValueParsers.closing(shared.timeZone()), Closing.OPEN),
                        channel.get("hidden").read(ValueParsers::flag, false),
                        channel.get("page").optional(ValueParsers::url),
                        shared.file().replace("{id}", id.text()).replace("{slug}", slug.text()),
                        shared.jsonp(),
                        shared.formats()));
        channel.rejectUnknownKeys();
        rejectClosingBeforeStart(read, channel.get("closed"));
        rejectDuplicate(ids, id);
        rejectDuplicate(slugs, slug);
        if (read.id() != null && read.slug() != null) {
            rejectDuplicateFileNames(read, channel.get("file").isPresent() ? channel.get("file") : slug, slug);
        }
        return read;
    }

    private static ApprovalRule approval(Section channel, ChannelDefaults shared) {
        if (shared.approval().isEmpty() && !channel.isInvalid()) {
            channel.get("approval")
                    .problem("missing here and in defaults: write none to publish every message at once,"
                            + " or a section with approvers");
        }
        return shared.approval().orElseGet(ApprovalRule::none);
    }

    private static void rejectClosingBeforeStart(Channel channel, ConfigNode closed) {
        Instant since = channel.source().since();
        channel.publishing()
                .closing()
                .at()
                .filter(at -> since != null && at.isBefore(since))
                .ifPresent(at -> closed.problem("before since, so no message would be public: write a later time"));
    }

    private static void rejectDuplicate(Map<String, ConfigNode> seen, ConfigNode value) {
        ConfigNode first = value.isText() ? seen.putIfAbsent(value.text(), value) : null;
        if (first != null) {
            value.problem("duplicate " + value.quoted() + " (also on line " + first.line() + "): write another one");
        }
    }

    /**
     * The folder {@code <slug>} and the channel's file share one directory with those of all channels. Some servers
     * ignore the case of names.
     */
    private void rejectDuplicateFileNames(Channel channel, ConfigNode file, ConfigNode slug) {
        if (slugs.get(slug.text()) != slug) {
            // A duplicate slug is already a problem.
            return;
        }
        Publishing publishing = channel.publishing();
        var names = new ArrayList<>(List.of(slug.text(), publishing.file()));
        if (publishing.jsonp()) {
            names.add(publishing.file().replaceFirst("\\.json$", "") + ".jsonp");
        }
        for (String name : names) {
            if (name.equalsIgnoreCase("channels.json")) {
                file.problem("the name channels.json is reserved for the list of channels: write another name");
                continue;
            }
            ConfigNode other = fileNames.putIfAbsent(name.toLowerCase(Locale.ROOT), slug);
            if (other != null) {
                file.problem(
                        "same file name as the channel whose slug is on line " + other.line() + ": write another name");
            }
        }
    }

    /** {@code extras} as JSON. */
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

    /** An unquoted number or boolean as such; anything else, and the value of a variable, as a string. */
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
