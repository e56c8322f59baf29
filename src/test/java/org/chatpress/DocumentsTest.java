package org.chatpress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.chatpress.config.SettingsLoader;
import org.chatpress.render.json.FileRole;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The README and the guides are true. */
class DocumentsTest {
    private static final Path SOURCE = Path.of("src/main/java/org/chatpress");
    private static final Map<String, String> ENVIRONMENT = Map.of(
            "SLACK_BOT_TOKEN", "xoxb-made-up",
            "WEBHOOK_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "FTP_PASSWORD", "made up");
    private static final String HELP = read(Path.of("src/test/resources/org/chatpress/cli/help.txt"));

    @TempDir
    Path folder;

    enum Document {
        README("README.md", 1, 0, 160),
        EDITORS("examples/slack/README.md", 2, 0, 200),
        FRONT_END("examples/front-end/README.md", 0, 2, 200),
        OPERATORS("examples/README.md", 4, 0, 300),
        CONTRIBUTING(".github/CONTRIBUTING.md", 0, 0, 200);

        final Path path;
        final String text;
        final int settings;
        final int json;
        final int maxLines;

        Document(String path, int settings, int json, int maxLines) {
            this.path = Path.of(path);
            this.text = read(this.path);
            this.settings = settings;
            this.json = json;
            this.maxLines = maxLines;
        }

        List<String> blocks(String language) {
            return all("(?ms)^ *```" + language + "\n(.*?)^ *```$", text).stream()
                    .map(String::stripIndent)
                    .toList();
        }
    }

    @ParameterizedTest
    @EnumSource
    void settingsAreValid(Document document) throws IOException {
        assertThat(document.blocks("yaml")).hasSize(document.settings);
        for (String yaml : document.blocks("yaml")) {
            Path file = Files.writeString(folder.resolve("channels.yml"), yaml);
            assertThatCode(() -> SettingsLoader.read(file, ENVIRONMENT)).doesNotThrowAnyException();
        }
    }

    @ParameterizedTest
    @EnumSource
    void jsonIsWhatIsPublished(Document document) throws IOException {
        var json = new ObjectMapper();
        try (InputStream in = DocumentsTest.class.getResourceAsStream("/org/chatpress/schema/chat.schema.json")) {
            Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(json.readTree(in));

            assertThat(document.blocks("json")).hasSize(document.json);
            for (String block : document.blocks("json")) {
                assertThat(schema.validate(json.readTree(block))).isEmpty();
            }
        }
    }

    @Test
    void thePointerInTheFrontEndGuideKeepsItsPromises() throws IOException {
        JsonNode pointer =
                new ObjectMapper().readTree(Document.FRONT_END.blocks("json").get(1));

        assertThat(pointer.path("ops_from").asLong())
                .isLessThanOrEqualTo(pointer.path("base").asLong() + 1);
        assertThat(pointer.path("ops"))
                .hasSize(pointer.path("seq").asInt() - pointer.path("base").asInt());
    }

    @Test
    void theAnimationInTheReadmeLoadsQuickly() throws IOException {
        assertThat(Document.README.text).contains("(examples/demo.gif)");
        assertThat(Files.size(Path.of("examples/demo.gif"))).isLessThan(1_000_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"form.png", "home.png"})
    void thePicturesInTheEditorsGuideLoadQuickly(String picture) throws IOException {
        assertThat(Document.EDITORS.text).contains("(" + picture + ")");
        assertThat(Files.size(Path.of("examples/slack", picture))).isBetween(1L, 120_000L);
    }

    @Test
    void theHelpInTheOperatorsGuideIsTheProgramsOwn() {
        String help = HELP.substring("$ chatpress --help\n".length(), HELP.indexOf("\n$ chatpress demo"));

        assertThat(Document.OPERATORS.blocks("text")).contains(help);
    }

    @ParameterizedTest
    @EnumSource
    void commandsNameVerbsAndOptionsThatExist(Document document) {
        Set<String> verbs = new TreeSet<>(all("\\$ chatpress ([a-z]+) --help", HELP));

        assertThat(verbs).hasSize(10).containsAll(all("`chatpress ([a-z]+)", document.text));
        assertThat(all("`chatpress [^`]*?(--[a-z-]+)", document.text))
                .allSatisfy(option -> assertThat(HELP).contains(option));
    }

    @ParameterizedTest
    @EnumSource
    void linksAndFileNamesLeadToFilesThatExist(Document document) {
        Path home = document.path.toAbsolutePath().getParent();
        assertThat(all("\\]\\(([^)#:]+)\\)", document.text))
                .allSatisfy(link -> assertThat(home.resolve(link)).exists());
        assertThat(all("`((?:examples|src)/[^`<…]+|Dockerfile|channels\\.yml)`", document.text))
                .allSatisfy(file -> assertThat(Path.of(file)).exists());
    }

    @Test
    void anchorsInTheOperatorsGuideLeadToItsHeadings() {
        List<String> headings = all("(?m)^## (.+)$", Document.OPERATORS.text).stream()
                .map(heading -> heading.toLowerCase(Locale.ROOT).replace(' ', '-'))
                .toList();

        assertThat(headings).containsAll(all("\\(#([a-z-]+)\\)", Document.OPERATORS.text));
    }

    @Test
    void theReadmesCommandsAreThoseOfEveryBuild() {
        String build = read(Path.of(".ci/run"));
        List<String> commands = Document.README.blocks("sh");

        assertThat(commands).hasSize(2);
        assertThat(build.lines()).contains(commands.get(1).strip());
        assertThat(build).contains(commands.get(0).strip().replaceFirst(".* && ", ""));
    }

    @ParameterizedTest
    @CsvSource({
        "channels.json, CHANNELS",
        "<slug>.json, WHOLE",
        "<slug>/live.json, POINTER",
        "<slug>/i/x-….json, INDEX",
        "<slug>/i/p-….json, PAGE",
        "<slug>/i/u-….json, AUTHORS",
        "<slug>/photos/….jpg, PHOTO",
        "<slug>/media/….mp4, CLIP"
    })
    void theTableOfFilesHasTheWholeCacheControl(String file, FileRole role) {
        assertThat(all("(?m)^\\| `" + Pattern.quote(file) + "` \\|.*\\| `([^`]+)` \\|$", Document.FRONT_END.text))
                .containsExactly(role.cacheControl());
        assertThat(Document.FRONT_END.text).contains("`" + FileRole.CLOSED_POINTER + "`");
    }

    @ParameterizedTest
    @EnumSource
    void whatCanBeTakenDownIsNotServedStaleWhileTheCacheAsksForIt(FileRole role) {
        assertThat(role.cacheControl()).doesNotContain("stale-while-revalidate");
    }

    @ParameterizedTest
    @EnumSource(names = {"JSONP", "ARCHIVE", "JSON_FEED", "ATOM", "LIVEBLOG", "FRAGMENT", "HTML", "SHARE_PAGE"})
    void feedsAndPagesAreCachedLikeTheWholeChat(FileRole role) {
        assertThat(role.cacheControl()).isEqualTo(FileRole.WHOLE.cacheControl());
    }

    @Test
    void theReadmesPackageMapNamesEachPackage() throws IOException {
        try (Stream<Path> packages = Files.list(SOURCE).filter(Files::isDirectory)) {
            assertThat(packages.map(folder -> folder.getFileName() + "/"))
                    .allSatisfy(folder -> assertThat(Document.README.text).containsPattern("(?m)^(Main, )?" + folder));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'A message, from Slack to S3', 18, SlackReader, S3Storage",
        "'A takedown, from a deleted message to a deleted file', 10, ChannelPoller, S3Storage"
    })
    void aWalkThroughTheCodePassesFewFilesAndMethodsThatExist(String title, int maxFiles, String first, String last)
            throws ReflectiveOperationException {
        String walk = Document.CONTRIBUTING.text.split(title + ":\n\n", 2)[1].split("\n\n", 2)[0];
        List<String> steps = all("(?m)^\\d+\\. `([\\w/]+\\.\\w+)` ", walk);
        List<String> files =
                steps.stream().map(step -> step.replaceFirst("\\..*", "")).toList();

        assertThat(steps).hasSameSizeAs(walk.lines().toList()).hasSizeLessThanOrEqualTo(maxFiles);
        assertThat(files).doesNotHaveDuplicates();
        assertThat(files.get(0)).endsWith("/" + first);
        assertThat(files.get(files.size() - 1)).endsWith("/" + last);
        for (String step : steps) {
            String[] fileAndMethod = step.split("\\.", 2);
            assertThat(SOURCE.resolve(fileAndMethod[0] + ".java")).exists();
            assertThat(Class.forName("org.chatpress." + fileAndMethod[0].replace('/', '.'))
                            .getDeclaredMethods())
                    .extracting(Method::getName)
                    .contains(fileAndMethod[1]);
        }
    }

    @ParameterizedTest
    @EnumSource
    void documentsAreShort(Document document) {
        assertThat(document.text.lines().count()).isLessThanOrEqualTo(document.maxLines);
        assertThat(document.text.lines())
                .allSatisfy(line -> assertThat(line.length()).isLessThan(165));
    }

    private static List<String> all(String pattern, String text) {
        return new ArrayList<>(Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(match -> match.group(1))
                .toList());
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
