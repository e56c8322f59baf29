package org.chatpress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.chatpress.config.SettingsLoader;
import org.chatpress.render.json.FileRole;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** README.md says what is so. */
class ReadmeTest {
    private static final Path SOURCE = Path.of("src/main/java/org/chatpress");
    private static final Map<String, String> ENVIRONMENT =
            Map.of("SLACK_BOT_TOKEN", "xoxb-made-up", "FTP_PASSWORD", "made up");

    private final String readme = read(Path.of("README.md"));

    @TempDir
    Path folder;

    @Test
    void itsSettingsAreValid() throws IOException {
        assertThat(blocks("yaml")).hasSize(4);
        for (String yaml : blocks("yaml")) {
            Path file = Files.writeString(folder.resolve("channels.yml"), yaml);
            assertThatCode(() -> SettingsLoader.read(file, ENVIRONMENT)).doesNotThrowAnyException();
        }
    }

    @Test
    void itsJsonIsWhatIsPublished() throws IOException {
        var json = new ObjectMapper();
        try (InputStream in = ReadmeTest.class.getResourceAsStream("/org/chatpress/schema/chat.schema.json")) {
            Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(json.readTree(in));

            assertThat(blocks("json")).hasSize(2);
            for (String block : blocks("json")) {
                assertThat(schema.validate(json.readTree(block))).isEmpty();
            }
        }
    }

    @Test
    void itsPointerKeepsItsPromises() throws IOException {
        var pointer = new ObjectMapper().readTree(blocks("json").get(1));

        assertThat(pointer.path("ops_from").asLong())
                .isLessThanOrEqualTo(pointer.path("base").asLong() + 1);
        assertThat(pointer.path("ops"))
                .hasSize(pointer.path("seq").asInt() - pointer.path("base").asInt());
    }

    @Test
    void itsHelpIsTheProgramsOwn() {
        String golden = read(Path.of("src/test/resources/org/chatpress/cli/help.txt"));
        String help = golden.substring("$ chatpress --help\n".length(), golden.indexOf("\n$ chatpress run"));

        assertThat(blocks("text")).contains(help);
    }

    @Test
    void itsCommandsNameVerbsAndOptionsThatExist() {
        String golden = read(Path.of("src/test/resources/org/chatpress/cli/help.txt"));
        Set<String> verbs = new TreeSet<>(all("\\$ chatpress ([a-z]+) --help", golden));

        assertThat(verbs).hasSize(9).containsAll(all("`chatpress ([a-z]+)", readme));
        assertThat(all("`chatpress [^`]*?(--[a-z-]+)", readme))
                .allSatisfy(option -> assertThat(golden).contains(option));
    }

    @Test
    void whatItLinksToAndNamesIsThere() {
        List<String> files = all("\\]\\(([^)#:]+)\\)", readme);
        files.addAll(all("`((?:examples|src)/[^`<…]+|Dockerfile|channels\\.yml)`", readme));

        assertThat(files)
                .hasSizeGreaterThan(8)
                .allSatisfy(file -> assertThat(Path.of(file)).exists());
    }

    @Test
    void itsLinesForDemoAndTestsAreThoseOfEveryBuild() {
        String build = read(Path.of(".ci/run"));

        assertThat(blocks("sh")).hasSize(2);
        assertThat(build.lines()).contains(blocks("sh").get(1).strip());
        assertThat(build).contains(blocks("sh").get(0).strip().replaceFirst(".* && ", ""));
    }

    @Test
    void itsCachingTimesAreTheFilesOwn() {
        assertThat(FileRole.CHANNELS.cacheControl()).contains("max-age=2, s-maxage=5");
        assertThat(readme).contains("count, updated | 2 s, 5 s |", "hold the rest | 2 s, 5 s |");
        assertThat(FileRole.WHOLE.cacheControl()).contains("max-age=10, s-maxage=15");
        assertThat(readme).contains("newest message first | 10 s, 15 s |");
    }

    @Test
    void itsPackageMapNamesEachPackage() throws IOException {
        try (Stream<Path> packages = Files.list(SOURCE).filter(Files::isDirectory)) {
            assertThat(packages.map(folder -> folder.getFileName() + "/"))
                    .allSatisfy(folder -> assertThat(readme).containsPattern("(?m)^(.*  |Main, )?" + folder));
        }
    }

    @Test
    void everythingInItIsShort() {
        assertThat(readme.lines().count()).isLessThan(400);
        assertThat(readme.lines()).allSatisfy(line -> assertThat(line.length()).isLessThan(160));
    }

    private List<String> blocks(String language) {
        return all("(?ms)^```" + language + "\n(.*?)^```$", readme);
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
