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
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Names and logs use the words of Slack, HTTP, S3, sync programs and editors; none of an earlier private vocabulary. */
class PlainWordsTest {
    private static final Path SOURCES = Path.of("src/main/java");
    private static final Path SCHEMA = Path.of("src/main/resources/org/chatpress/store/sql/schema.sql");

    /** In no name of a class, a method, a field, a table or a column, and in no log line. */
    private static final Set<String> PRIVATE_WORDS = words("""
            bell bells chatroom consent darkroom desk desks doom doomed doorbell doorman edition encounter face faces hearer
            imprint judge judged judgement lane lanes ledger lookout manner manners misfit noise overtaken owe owed portrait
            portraits rival roster rung scout sheet sheets shelf shot shots somebody sweep swept told trip trips trouble
            troubles unprintable vitals whereabouts whoever""");

    /** In no name of a class, either; as verbs they are fine. */
    private static final Set<String> PRIVATE_NOUNS =
            words("leaves press print prints room rooms rounds talk turn turns");

    /** In no name of a table or a column: earlier ones. */
    private static final Set<String> EARLIER_COLUMNS =
            words("aside base bottom good head heartbeat held memory place promised rule seen settled sightings suspect words");

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
        assertThat(names).noneMatch(name -> containsAny(PRIVATE_WORDS, name)
                        || containsAny(PRIVATE_NOUNS, name)
                        || containsAny(EARLIER_COLUMNS, name));
    }

    @Test
    void logLinesArePlain() throws IOException {
        var lines = new ArrayList<String>();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                LOG.matcher(Files.readString(file))
                        .results()
                        .flatMap(call -> STRING.matcher(call.group(1)).results())
                        .forEach(text -> lines.add(text.group(1)));
            }
        }

        assertThat(lines).hasSizeGreaterThan(20);
        assertThat(lines)
                .noneMatch(line -> Arrays.stream(line.toLowerCase(Locale.ROOT).split("[^a-z]+", -1))
                        .anyMatch(PRIVATE_WORDS::contains));
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
