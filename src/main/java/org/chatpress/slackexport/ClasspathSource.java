package org.chatpress.slackexport;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The fictitious export of the demo, on the class path. A jar cannot be listed portably, so {@code export.txt} lists it. */
final class ClasspathSource implements ExportSource {
    private static final String DIRECTORY = "/org/chatpress/demo/";

    @Override
    public String path() {
        return "the export of the demo";
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
        InputStream stream = ClasspathSource.class.getResourceAsStream(DIRECTORY + name);
        if (stream == null) {
            throw new FileNotFoundException(DIRECTORY + name + " is not on the class path");
        }
        return stream;
    }
}
