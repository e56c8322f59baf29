package org.chatpress.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The TypeScript declarations say what the JSON Schema says. */
class TypesTest {
    private static final Path DECLARATIONS = Path.of("examples/front-end/chat.d.ts");

    @Test
    void theDeclarationsAreMadeFromTheSchema() throws IOException {
        try (InputStream in = TypesTest.class.getResourceAsStream("/org/chatpress/schema/chat.schema.json")) {
            String made = declarations(new ObjectMapper().readTree(in));
            Path newer = Files.writeString(Path.of("target/chat.d.ts"), made);

            assertThat(DECLARATIONS)
                    .as("the schema has changed: copy %s to %s", newer, DECLARATIONS)
                    .hasContent(made);
        }
    }

    private static String declarations(JsonNode schema) {
        var text = new StringBuilder(
                "// The files that Chatpress publishes. Made from its JSON Schema: chatpress schema chat\n");
        schema.path("$defs").properties().forEach(definition -> {
            text.append('\n').append(comment(definition.getValue(), ""));
            text.append("export type %s = %s;\n".formatted(name(definition.getKey()), type(definition.getValue(), "")));
        });
        return text.toString();
    }

    private static String type(JsonNode schema, String indent) {
        if (schema.has("const")) {
            return schema.path("const").toString();
        }
        if (schema.has("enum")) {
            return joined(schema.path("enum"), " | ");
        }
        if (schema.has("oneOf")) {
            return alternatives(schema.path("oneOf"), indent);
        }
        String base = schema.has("$ref") ? name(schema.path("$ref").asText().replace("#/$defs/", "")) : "";
        if (schema.has("properties")) {
            return (base.isEmpty() ? "" : base + " & ") + members(schema, indent);
        }
        if (!base.isEmpty()) {
            return base;
        }
        return switch (schema.path("type").asText()) {
            case "string" -> "string";
            case "integer", "number" -> "number";
            case "boolean" -> "boolean";
            case "array" ->
                schema.has("prefixItems")
                        ? "[" + String.join(", ", types(schema.path("prefixItems"), indent)) + "]"
                        : "Array<" + type(schema.path("items"), indent) + ">";
            case "object" ->
                "Record<string, "
                        + (schema.path("additionalProperties").isObject()
                                ? type(schema.path("additionalProperties"), indent)
                                : "unknown")
                        + ">";
            default -> throw new AssertionError("no type for " + schema);
        };
    }

    private static String members(JsonNode schema, String indent) {
        Set<String> required = new HashSet<>();
        schema.path("required").forEach(name -> required.add(name.asText()));
        var text = new StringBuilder("{\n");
        schema.path("properties").properties().forEach(member -> {
            text.append(comment(member.getValue(), indent + "  "));
            text.append("%s  %s%s: %s;\n"
                    .formatted(
                            indent,
                            member.getKey(),
                            required.contains(member.getKey()) ? "" : "?",
                            type(member.getValue(), indent + "  ")));
        });
        return text.append(indent).append('}').toString();
    }

    private static String alternatives(JsonNode schemas, String indent) {
        return String.join(" | ", types(schemas, indent));
    }

    private static List<String> types(JsonNode schemas, String indent) {
        List<String> types = new ArrayList<>();
        schemas.forEach(schema -> types.add(type(schema, indent)));
        return types;
    }

    private static String joined(JsonNode values, String separator) {
        List<String> texts = new ArrayList<>();
        values.forEach(value -> texts.add(value.toString()));
        return String.join(separator, texts);
    }

    private static String comment(JsonNode schema, String indent) {
        return schema.has("description")
                ? indent + "/** " + schema.path("description").asText() + " */\n"
                : "";
    }

    private static String name(String definition) {
        return Character.toUpperCase(definition.charAt(0)) + definition.substring(1);
    }
}
