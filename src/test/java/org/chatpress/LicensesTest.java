package org.chatpress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The jar holds the licence text of each library that it bundles. */
class LicensesTest {
    private static final Path LICENSES = Path.of("src/main/licenses");
    private static final Pattern LIBRARY = Pattern.compile("^ +([\\w.-]+):[\\w.-]+:jar:", Pattern.MULTILINE);

    /** No Maven artifact, but the source of emoji.tsv. */
    private static final String EMOJI_DATA = "emoji-datasource";

    @Test
    void theIndexNamesEachBundledLibraryAndNoOther() throws IOException {
        // Written by Maven before the tests.
        String list = Files.readString(Path.of("target/bundled-libraries.txt"));
        Set<String> bundled = LIBRARY.matcher(list)
                .results()
                .map(group -> group.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        bundled.add(EMOJI_DATA);

        assertThat(index().keySet()).isEqualTo(bundled);
    }

    @Test
    void eachTextIsThereAndNamedByTheIndex() throws IOException {
        Set<String> named = index().values().stream()
                .flatMap(texts -> Arrays.stream(texts.split(" ", -1)))
                .filter(text -> !text.startsWith("../"))
                .collect(Collectors.toCollection(TreeSet::new));

        try (Stream<Path> files = Files.list(LICENSES)) {
            assertThat(files.map(file -> file.getFileName().toString()).filter(name -> !name.equals("index.tsv")))
                    .containsExactlyInAnyOrderElementsOf(named);
        }
    }

    /** Texts by Maven group. */
    private static Map<String, String> index() throws IOException {
        var index = new TreeMap<String, String>();
        for (String line : Files.readAllLines(LICENSES.resolve("index.tsv"))) {
            if (!line.startsWith("#")) {
                String[] columns = line.split("\t", -1);
                index.put(columns[0], columns[2]);
            }
        }
        return index;
    }
}
