package org.chatpress.slackexport;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * The files of an export. Names are relative paths, separated by {@code /}, that do not lead out of the export; see
 * {@link SafeEntryName}. A zip is never unpacked to disk.
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
}
