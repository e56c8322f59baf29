package org.chatpress.slackexport;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.chatpress.error.InvalidSettingsException;

/**
 * The files of an export. Names are relative paths, separated by {@code /}, that do not lead out of the export; see
 * {@link #checkName}. A zip is never unpacked to disk.
 */
interface ExportSource extends AutoCloseable {
    /** The path of the export as the operator gave it. */
    String path();

    /** The names of all files, sorted. */
    List<String> names();

    /** What may be missing from the names; usually empty. */
    default List<String> problems() {
        return List.of();
    }

    /** Opens one of {@link #names}. Its content may be longer than the zip declares. */
    InputStream open(String name) throws IOException;

    @Override
    void close();

    /**
     * The name, with {@code /} as separator.
     *
     * @throws InvalidSettingsException if it leads out of the export
     */
    static String checkName(String export, String name) {
        String path = name.replace('\\', '/');
        boolean hasParent = Arrays.asList(path.split("/", -1)).contains("..");
        boolean isAbsolute = path.startsWith("/") || path.matches("[A-Za-z]:.*");
        if (hasParent || isAbsolute || path.indexOf('\0') >= 0) {
            throw invalidEntry(export, name, "leads out of the export: remove it, or export the workspace again");
        }
        return path;
    }

    /** An export with an entry that Chatpress must not read. */
    static InvalidSettingsException invalidEntry(String export, String name, String problem) {
        return new InvalidSettingsException(export, printable(name), problem);
    }

    /** A hostile name must not send control sequences to the operator's terminal. */
    private static String printable(String name) {
        String printable = name.replaceAll("\\p{Cntrl}", "?");
        return printable.length() > 200 ? printable.substring(0, 200) + "..." : printable;
    }

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
}
