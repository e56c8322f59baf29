package org.chatpress.slackexport;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * The files of an export, wherever they lie. Names are relative, with {@code /} between their parts; one that climbs
 * out of the export has been refused before it gets here. Nothing is ever unpacked.
 */
interface ExportSource extends AutoCloseable {
    /** Where the export is, as the operator called it. */
    String path();

    /** Every file's name, in alphabetical order. */
    List<String> names();

    /** What is in one of {@link #names}; however long it says it is, it may be longer. */
    InputStream open(String name) throws IOException;

    @Override
    void close();
}
