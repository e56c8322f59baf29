package org.chatpress.slackexport;

import java.io.IOException;
import java.io.InputStream;
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
}
