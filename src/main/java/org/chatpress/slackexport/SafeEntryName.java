package org.chatpress.slackexport;

import java.util.Arrays;
import org.chatpress.error.InvalidSettingsException;

/** The rule for names inside an export: they stay inside it, on every operating system. */
final class SafeEntryName {
    private SafeEntryName() {}

    /** Gives the name back, with {@code /} between its parts, if it stays inside the export. */
    static String checked(String place, String name) {
        String path = name.replace('\\', '/');
        boolean climbs = Arrays.asList(path.split("/", -1)).contains("..");
        boolean absolute = path.startsWith("/") || path.matches("[A-Za-z]:.*");
        if (climbs || absolute || path.indexOf('\0') >= 0) {
            throw refused(place, name, "leads out of the export. Export the workspace again, or remove this entry.");
        }
        return path;
    }

    /** An export that cannot be trusted, because of one entry. */
    static InvalidSettingsException refused(String place, String name, String why) {
        return new InvalidSettingsException(place, printable(name), why);
    }

    /** A hostile name must not write to the operator's terminal. */
    private static String printable(String name) {
        String clean = name.replaceAll("\\p{Cntrl}", "?");
        return clean.length() > 200 ? clean.substring(0, 200) + "..." : clean;
    }
}
