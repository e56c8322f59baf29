package org.chatpress.slackexport;

import java.util.Arrays;
import org.chatpress.error.InvalidSettingsException;

/** Checks that the names in an export do not lead out of it on any operating system. */
final class SafeEntryName {
    private SafeEntryName() {}

    /**
     * The name, with {@code /} as separator.
     *
     * @throws InvalidSettingsException if it leads out of the export
     */
    static String check(String export, String name) {
        String path = name.replace('\\', '/');
        boolean hasParent = Arrays.asList(path.split("/", -1)).contains("..");
        boolean isAbsolute = path.startsWith("/") || path.matches("[A-Za-z]:.*");
        if (hasParent || isAbsolute || path.indexOf('\0') >= 0) {
            throw invalid(export, name, "leads out of the export: remove it, or export the workspace again");
        }
        return path;
    }

    /** An export with an entry that Chatpress must not read. */
    static InvalidSettingsException invalid(String export, String name, String problem) {
        return new InvalidSettingsException(export, printable(name), problem);
    }

    /** A hostile name must not send control sequences to the operator's terminal. */
    private static String printable(String name) {
        String printable = name.replaceAll("\\p{Cntrl}", "?");
        return printable.length() > 200 ? printable.substring(0, 200) + "..." : printable;
    }
}
