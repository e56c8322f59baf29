package org.chatpress;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Names and logs use the words of Slack, HTTP, S3, sync programs and editors; none of an earlier private vocabulary. */
class PlainWordsTest {
    private static final Path MAIN = Path.of("src/main/java");
    private static final Path TESTS = Path.of("src/test/java");
    private static final Path SCHEMA = Path.of("src/main/resources/org/chatpress/store/sql/schema.sql");

    /** In no name of a class, a method, a field, a table or a column, and in no log line or comment. */
    private static final Set<String> PRIVATE_WORDS = words("""
            bell bells chatroom consent darkroom desk desks doom doomed doorbell doorman edition encounter face faces hearer
            imprint judge judged judgement lane lanes ledger lookout manner manners misfit noise overtaken owe owed portrait
            portraits rival roster rung scout sheet sheets shelf shot shots somebody sweep swept told trip trips trouble
            troubles unprintable vitals whereabouts whoever""");

    /** In no name of a class, either; as verbs they are fine. */
    private static final Set<String> PRIVATE_NOUNS =
            words("leaves press print prints room rooms rounds talk turn turns");

    /** In no name of a table or a column: earlier ones. */
    private static final Set<String> EARLIER_COLUMNS = words(
            "aside base bottom good head heartbeat held memory place promised rule seen settled sightings suspect words");

    /** In no comment, either. */
    private static final Set<String> VAGUE_WORDS = words("anew nobody");

    private static final Pattern COMMENT = Pattern.compile("/\\*.*?\\*/|(?<![:\"])//[^\n]*", Pattern.DOTALL);

    private static final Pattern LOG =
            Pattern.compile("\\bLOG\\s*\\.\\s*(?:info|warn|error)\\((.*?)\\);", Pattern.DOTALL);
    private static final Pattern STRING = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");

    @Test
    void classesMethodsAndFieldsHavePlainNames() {
        JavaClasses classes = new ClassFileImporter().importPackages("org.chatpress");
        var found = new ArrayList<String>();
        for (JavaClass type : classes) {
            if (containsAny(PRIVATE_WORDS, type.getSimpleName()) || containsAny(PRIVATE_NOUNS, type.getSimpleName())) {
                found.add(type.getName());
            }
            for (JavaMember member : type.getMembers()) {
                if (containsAny(PRIVATE_WORDS, member.getName())) {
                    found.add(type.getName() + "." + member.getName());
                }
            }
        }

        assertThat(classes).hasSizeGreaterThan(500);
        assertThat(found).isEmpty();
    }

    @Test
    void tablesAndColumnsHavePlainNames() throws IOException {
        List<String> names = Pattern.compile("[a-z_]+")
                .matcher(Files.readString(SCHEMA).replaceAll("--.*", ""))
                .results()
                .map(MatchResult::group)
                .toList();

        assertThat(names).contains("public_message", "newest_ts");
        assertThat(names)
                .noneMatch(name -> containsAny(PRIVATE_WORDS, name)
                        || containsAny(PRIVATE_NOUNS, name)
                        || containsAny(EARLIER_COLUMNS, name));
    }

    @Test
    void logLinesArePlain() throws IOException {
        List<String> lines = inSources(
                MAIN, LOG, call -> STRING.matcher(call.group(1)).results().map(text -> text.group(1)));

        assertThat(lines).hasSizeGreaterThan(20);
        assertThat(lines).filteredOn(line -> mentions(PRIVATE_WORDS, line)).isEmpty();
    }

    @Test
    void commentsArePlain() throws IOException {
        List<String> comments = new ArrayList<>(inSources(MAIN, COMMENT, comment -> Stream.of(comment.group())));
        comments.addAll(inSources(TESTS, COMMENT, comment -> Stream.of(comment.group())));

        assertThat(comments).hasSizeGreaterThan(1_000);
        assertThat(comments)
                .noneMatch(comment ->
                        mentions(PRIVATE_WORDS, comment.replace("round trip", "")) || mentions(VAGUE_WORDS, comment));
    }

    @Test
    void documentsArePlain() throws IOException {
        List<Path> documents = List.of(
                Path.of("README.md"),
                Path.of(".github/CONTRIBUTING.md"),
                Path.of(".github/SECURITY.md"),
                Path.of(".github/CHANGELOG.md"),
                Path.of("examples/README.md"),
                Path.of("examples/slack/README.md"),
                Path.of("examples/front-end/README.md"));
        for (Path document : documents) {
            String prose = Files.readString(document).replaceAll("(?s)```.*?```|`[^`]*`", "");
            assertThat(prose.lines())
                    .filteredOn(line -> mentions(PRIVATE_WORDS, line))
                    .as(document.toString())
                    .isEmpty();
        }
    }

    private static List<String> inSources(Path root, Pattern pattern, Function<MatchResult, Stream<String>> texts)
            throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            var found = new ArrayList<String>();
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                pattern.matcher(Files.readString(file)).results().flatMap(texts).forEach(found::add);
            }
            return found;
        }
    }

    private static boolean mentions(Set<String> words, String text) {
        return Arrays.stream(text.toLowerCase(Locale.ROOT).split("[^a-z]+", -1)).anyMatch(words::contains);
    }

    /** Whether a name in camel case or with underscores has one of the words. */
    private static boolean containsAny(Set<String> words, String name) {
        return Arrays.stream(name.split("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[^A-Za-z]+", -1))
                .anyMatch(word -> words.contains(word.toLowerCase(Locale.ROOT)));
    }

    private static Set<String> words(String list) {
        return Set.of(list.strip().split("\\s+", -1));
    }
}
