package org.chatpress.store;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.LibraryLoaderUtil;

/**
 * SQLite itself, which the driver brings along as a packed native library. The driver unpacks it byte by byte and reads
 * it all again, in each process: a tenth of a start.
 */
final class SqliteNativeLoader {
    private static final String FOLDER = "org.sqlite.lib.path";

    private SqliteNativeLoader() {}

    /** Unpacks and loads it; does nothing where that was done or an operator says where it lies. */
    static synchronized void load() {
        // Elsewhere a loaded library cannot be deleted, and the driver has its own way to tidy up.
        boolean tidy = File.separatorChar == '/';
        if (!tidy || System.getProperty(FOLDER) != null) {
            return;
        }
        String name = LibraryLoaderUtil.getNativeLibName();
        try (InputStream packed =
                SQLiteJDBCLoader.class.getResourceAsStream(LibraryLoaderUtil.getNativeLibResourcePath() + "/" + name)) {
            if (packed != null) {
                load(packed, name);
            }
        } catch (IOException e) {
            // The driver tries in its own way, and says why if it fails too.
            System.clearProperty(FOLDER);
        }
    }

    private static void load(InputStream packed, String name) throws IOException {
        // Nobody else may write there.
        Path folder = Files.createTempDirectory("chatpress-sqlite");
        Path library = folder.resolve(name);
        try {
            Files.copy(packed, library);
            System.setProperty(FOLDER, folder.toString());
            SQLiteJDBCLoader.initialize();
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        } finally {
            Files.deleteIfExists(library);
            Files.deleteIfExists(folder);
        }
    }
}
