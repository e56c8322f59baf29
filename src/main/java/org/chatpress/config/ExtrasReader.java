package org.chatpress.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.regex.Pattern;

/** {@code extras}: a section as the JSON that an editor expects of it. */
final class ExtrasReader {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9]\\d{0,17})(\\.\\d{1,18})?");

    private ExtrasReader() {}

    static ObjectNode read(ConfigNode extras) {
        // Asking for a section reports the problem where something else stands.
        extras.section();
        return object(extras);
    }

    private static ObjectNode object(ConfigNode section) {
        ObjectNode object = JSON.objectNode();
        section.members().forEach((key, value) -> object.set(key, json(value)));
        return object;
    }

    private static JsonNode json(ConfigNode value) {
        if (value.isSection()) {
            return object(value);
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
        if (!value.isPlain() || !value.isLiteral()) {
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
