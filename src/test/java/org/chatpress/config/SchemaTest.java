package org.chatpress.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.chatpress.error.InvalidSettingsException;
import org.chatpress.error.InvalidSettingsException.Problem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/** The schemas agree with the program: they have the keys that the reader knows, and reject what the reader rejects. */
class SchemaTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final JsonNode CHANNELS = schema("channels");
    private static final String UNKNOWN = "zzzzzzzzzzzz";

    @Test
    void acceptsTheSampleAndTheExamples() throws IOException {
        assertThat(errors(Files.readString(Path.of("channels.yml")))).isEmpty();
        assertThat(errors(Examples.text("rich.yml"))).isEmpty();
        assertThat(errors(Examples.SHORT)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "slack: {token: \"${SLACK_BOT_TOKEN}\"} | other: x",
                "slack: {token: \"${SLACK_BOT_TOKEN}\"} | slack: {}",
                "slack: {token: \"${SLACK_BOT_TOKEN}\"} | slack: {token: ''}",
                "publish:             | every: 10\\npublish:",
                "publish:             | every: 5 minutes\\npublish:",
                "publish:             | cron: '*/5 * * * *'\\npublish:",
                "publish:             | every: 10s\\ncron: 0 * * * * ?\\npublish:",
                "publish:             | databse: x\\npublish:",
                "publish:             | public-url: static.example\\npublish:",
                "publish:             | photos: {}\\npublish:",
                "publish:             | photos: {beside-the-chat: true, drop: {directory: x}}\\npublish:",
                "publish:             | database: {postgresql: {host: db.internal}}\\npublish:",
                "publish:             | database: {postgresql: {host: 'db:1', name: n, user: u, password: p}}\\npublish:",
                "publish:             | database: {postgresql: {host: h, name: n, user: u, password: p, tls: off}}\\npublish:",
                "publish:             | database: {postgresql: {host: h, name: n, user: u, password: p, schema: A}}\\npublish:",
                "publish:             | database: {mysql: {host: h}}\\npublish:",
                "directory: public    | sftp: {host: web.example}",
                "directory: public    | directory: ''",
                "publish:             | notify: [{}]\\npublish:",
                "publish:             | 'notify: [{webhook: {url: \"https://a.example/\"}}]\\npublish:'",
                "publish:             | 'notify: [{webhook: {url: \"https://a.example/\", secret: short}}]\\npublish:'",
                "directory: public    | directory: public\\n    purge: {}",
                "directory: public    | directory: public\\n    purge: {cloudfront: d111abcdef8}",
                "directory: public    | 'directory: public\\n    purge: {cloudfront: E2ABC, fastly: {token: x}}'",
                "directory: public    | 'directory: public\\n    purge: {cloudflare: {zone: news.example, token: x}}'",
                "directory: public    | 'directory: public\\n    purge: {http: {url: \"http://varnish.example/\"}}'",
                "directory: public    | s3: {bucket: 's3://news'}",
                "directory: public    | s3: {prefix: chats}",
                "directory: public    | 'ftp: {host: web.example, user: chats}'",
                "directory: public    | 'ftp: {host: web.example, user: chats, password: x, tls: starttls}'",
                "directory: public    | 'ftp: {host: web.example, user: chats, password: x, port: 70000}'",
                "id: C01              | id: general",
                "slug: no             | slug: ../up",
                "slug: no             | slug: channels",
                "since: 2026-11-03 18:00:00-08:00 | since: 2026-11-03",
                "since: 2026-11-03 18:00:00-08:00 | since: 2026-11-03T18:00:00",
                "since: 2026-11-03 18:00:00-08:00 | delay: 0s",
                "approval: none       | approval: maybe",
                "approval: none       | approval: {approvers: []}",
                "approval: none       | approval: {approvers: ['@anna']}",
                "approval: none       | 'approval: {approvers: [U1], emoji: []}'",
                "approval: none       | 'approval: {approvers: [U1], count: 0}'",
                "approval: none       | bots: [U1]",
                "approval: none       | withdraw: ['1793758925']",
                "approval: none       | threads: maybe",
                "approval: none       | file: a/b.json",
                "approval: none       | closed: maybe",
                "approval: none       | closed: 2026-11-04T02:00",
                "approval: none       | formats: [rss]"
            })
    void rejectsWhatTheReaderRejects(String from, String to) {
        String file = Examples.SHORT.replace(from, to.replace("\\n", "\n"));

        assertThat(file).isNotEqualTo(Examples.SHORT);
        assertThat(errors(file)).isNotEmpty();
        assertThat(problems(file)).isNotEmpty();
    }

    /** Adds an unknown key to each section of rich.yml: the problem then lists the keys that the reader knows. */
    @Test
    void knowsTheKeysThatTheReaderKnows() {
        ObjectNode file = (ObjectNode) json(Examples.text("rich.yml"));
        file.set("database", json("postgresql: {host: db.internal, name: chats, user: chats, password: x}"));
        addUnknownKeys(file);

        List<Problem> problems = problems(file.toString()).stream()
                .filter(problem -> problem.path().endsWith(UNKNOWN))
                .toList();

        assertThat(problems).hasSize(28);
        for (Problem problem : problems) {
            assertThat(keysOfTheReader(problem)).as(problem.path()).isEqualTo(keysOfTheSchema(problem.path()));
        }
    }

    @Test
    void everyKeyOfChannelsYmlHasADescription() {
        var undescribed = new TreeSet<String>();
        for (JsonNode section : CHANNELS.findParents("additionalProperties")) {
            section.get("properties").properties().forEach(member -> {
                boolean isDescribed = member.getValue().has("description")
                        || CHANNELS.at(member.getValue()
                                        .path("$ref")
                                        .asText("#/none")
                                        .substring(1))
                                .has("description");
                if (!isDescribed) {
                    undescribed.add(member.getKey());
                }
            });
        }

        assertThat(undescribed).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"channels", "chat", "pointer", "index", "page", "authors"})
    void eachPublishedFileIsValidAsItsOwnKindOnly(String kind) {
        JsonNode example = chatExamples().get(kind);

        assertThat(Validator.of(schema("chat")).validate(example)).isEmpty();
        for (JsonNode choice : schema("chat").get("oneOf")) {
            String name = choice.get("$ref").asText().replace("#/$defs/", "");
            ObjectNode one = schema("chat").deepCopy();
            one.remove("oneOf");
            one.put("$ref", "#/$defs/" + name);
            assertThat(Validator.of(one).validate(example).isEmpty()).as(name).isEqualTo(name.equals(kind));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"channels", "chat", "pointer", "index", "page", "authors"})
    void aPublishedFileMustNotHaveUnknownMembers(String kind) {
        Schema schema = Validator.of(schema("chat"));
        JsonNode example = chatExamples().get(kind);

        for (JsonNode object : objects(example)) {
            boolean isFree = Stream.of("video", "tag", "U1").anyMatch(object::has);
            if (!isFree) {
                ((ObjectNode) object).put("secret", "x");
                assertThat(schema.validate(example)).as(object.toString()).isNotEmpty();
                ((ObjectNode) object).remove("secret");
            }
        }
    }

    private static Set<String> keysOfTheReader(Problem problem) {
        String known = problem.text().replaceFirst("^unknown key: use one of (.*)$", "$1");
        return new TreeSet<>(List.of(known.split(", ")));
    }

    private static Set<String> keysOfTheSchema(String path) {
        JsonNode schema = CHANNELS;
        for (String step : path.replaceAll("\\[\\d+]", ".[]").split("\\.", -1)) {
            if (!step.equals(UNKNOWN)) {
                schema = step.equals("[]")
                        ? schema.path("items")
                        : schema.path("properties").path(step);
                schema = resolved(schema);
            }
        }
        var keys = new TreeSet<String>();
        schema.path("properties").properties().forEach(member -> keys.add(member.getKey()));
        return keys;
    }

    /** Follows $ref; of several alternatives, returns the one for a section. */
    private static JsonNode resolved(JsonNode schema) {
        if (schema.has("$ref")) {
            return resolved(CHANNELS.at(schema.get("$ref").asText().substring(1)));
        }
        for (JsonNode choice : schema.path("anyOf")) {
            if (choice.has("properties")) {
                return choice;
            }
        }
        return schema;
    }

    private static void addUnknownKeys(JsonNode node) {
        node.properties().forEach(member -> {
            boolean isFree = Set.of("extras", "args", "patterns", "headers").contains(member.getKey());
            if (!isFree) {
                addUnknownKeys(member.getValue());
            }
        });
        if (node.isArray()) {
            node.forEach(SchemaTest::addUnknownKeys);
        }
        if (node instanceof ObjectNode object) {
            object.put(UNKNOWN, "x");
        }
    }

    private static List<JsonNode> objects(JsonNode node) {
        Stream<JsonNode> within = Stream.of(node).filter(JsonNode::isObject);
        for (JsonNode member : node) {
            within = Stream.concat(within, objects(member).stream());
        }
        return within.toList();
    }

    private static List<Problem> problems(String file) {
        InvalidSettingsException invalid = catchThrowableOfType(
                InvalidSettingsException.class,
                () -> SettingsLoader.parse(
                        Path.of("channels.yml"),
                        new SettingsLoader.Content(file, Instant.EPOCH),
                        Examples.ENVIRONMENT));
        return invalid == null ? List.of() : invalid.problems();
    }

    private static List<?> errors(String yaml) {
        return Validator.of(CHANNELS).validate(json(yaml));
    }

    private static ObjectNode schema(String name) {
        try (InputStream in = SchemaTest.class.getResourceAsStream("/org/chatpress/schema/" + name + ".schema.json")) {
            return (ObjectNode) MAPPER.readTree(in);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static JsonNode chatExamples() {
        return json(Examples.text("published.yml"));
    }

    /** YAML as JSON, by the rules of YAML 1.2, as an editor's YAML plug-in reads it. */
    private static JsonNode json(String yaml) {
        return json(new Yaml().compose(new StringReader(yaml)));
    }

    private static JsonNode json(Node node) {
        if (node instanceof MappingNode mapping) {
            ObjectNode object = MAPPER.createObjectNode();
            mapping.getValue()
                    .forEach(member ->
                            object.set(((ScalarNode) member.getKeyNode()).getValue(), json(member.getValueNode())));
            return object;
        }
        if (node instanceof SequenceNode sequence) {
            ArrayNode array = MAPPER.createArrayNode();
            sequence.getValue().forEach(item -> array.add(json(item)));
            return array;
        }
        return scalar(node.getTag(), ((ScalarNode) node).getValue());
    }

    private static JsonNode scalar(Tag tag, String text) {
        if (tag.equals(Tag.NULL)) {
            return JsonNodeFactory.instance.nullNode();
        }
        if (tag.equals(Tag.BOOL) && text.matches("true|false")) {
            return JsonNodeFactory.instance.booleanNode(text.equals("true"));
        }
        if (tag.equals(Tag.INT) && text.matches("-?\\d+")) {
            return JsonNodeFactory.instance.numberNode(Long.parseLong(text));
        }
        if (tag.equals(Tag.FLOAT) && text.matches("-?\\d+\\.\\d+")) {
            return JsonNodeFactory.instance.numberNode(Double.parseDouble(text));
        }
        return JsonNodeFactory.instance.textNode(text);
    }

    private static final class Validator {
        private static final SchemaRegistry REGISTRY =
                SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

        static Schema of(JsonNode schema) {
            return REGISTRY.getSchema(schema);
        }
    }
}
