package org.chatpress.slackexport;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The made-up export inside the jar. A jar cannot be listed portably, so {@code export.txt} names its files. */
final class ClasspathSource implements ExportSource {
    private static final String FOLDER = "/org/chatpress/demo/";

    @Override
    public String path() {
        return "the demo's export";
    }

    @Override
    public List<String> names() {
        try (InputStream list = resource("export.txt")) {
            return new String(list.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + path(), e);
        }
    }

    @Override
    public InputStream open(String name) throws IOException {
        return resource("export/" + name);
    }

    @Override
    public void close() {}

    private static InputStream resource(String name) throws IOException {
        InputStream found = ClasspathSource.class.getResourceAsStream(FOLDER + name);
        if (found == null) {
            throw new FileNotFoundException("no " + FOLDER + name + " on the class path");
        }
        return found;
    }
}
