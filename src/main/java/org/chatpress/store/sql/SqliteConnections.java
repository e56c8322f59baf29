package org.chatpress.store.sql;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.LibraryLoaderUtil;

/** Opens connections to SQLite, and loads its native library before the first one. */
public final class SqliteConnections {
    private static final int BUSY_TIMEOUT_MILLIS = 10_000;
    private static final String LIBRARY_FOLDER = "org.sqlite.lib.path";

    private SqliteConnections() {}

    /** Opens a file for writing; creates it if it does not exist. */
    public static Connection open(Path file) {
        return connect("jdbc:sqlite:" + file, writing());
    }

    /** Opens a file for reading, beside a writer if there is one. */
    public static Connection openToRead(Path file) {
        SQLiteConfig config = config();
        config.setReadOnly(true);
        return connect("jdbc:sqlite:" + (isImmutable(file) ? file.toUri() + "?immutable=1" : file), config);
    }

    /**
     * True in a folder that is read-only, where SQLite could not create the files that readers share with a writer, as
     * long as no writer has left any.
     */
    private static boolean isImmutable(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        return !Files.isWritable(folder) && !Files.exists(file.resolveSibling(file.getFileName() + "-wal"));
    }

    /** A new database in memory. */
    public static Connection inMemory() {
        return connect("jdbc:sqlite::memory:", writing());
    }

    /** A copy of a file in memory. */
    public static Connection copyInMemory(Path file) {
        Connection memory = inMemory();
        try (Statement statement = memory.createStatement()) {
            statement.executeUpdate("restore from '" + file.toString().replace("'", "''") + "'");
            return memory;
        } catch (SQLException e) {
            throw Database.failure(e);
        }
    }

    private static SQLiteConfig config() {
        var config = new SQLiteConfig();
        config.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
        config.enforceForeignKeys(true);
        config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
        // No table has generated keys. The driver would ask for one after each INSERT.
        config.setGetGeneratedKeys(false);
        return config;
    }

    private static SQLiteConfig writing() {
        SQLiteConfig config = config();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        return config;
    }

    private static Connection connect(String url, SQLiteConfig config) {
        loadLibrary();
        try {
            return JDBC.createConnection(url, config.toProperties());
        } catch (SQLException e) {
            throw Database.failure(e);
        }
    }

    /**
     * Unpacks and loads the native library, unless that was done or an operator named a folder that holds it. The
     * driver would unpack it byte by byte and compare the copy: a tenth of the time that a process takes to start.
     */
    private static synchronized void loadLibrary() {
        // Windows cannot delete a loaded library. The driver cleans up in its own way there.
        boolean canDelete = File.separatorChar == '/';
        if (!canDelete || System.getProperty(LIBRARY_FOLDER) != null) {
            return;
        }
        String name = LibraryLoaderUtil.getNativeLibName();
        try (InputStream packed =
                SQLiteJDBCLoader.class.getResourceAsStream(LibraryLoaderUtil.getNativeLibResourcePath() + "/" + name)) {
            if (packed != null) {
                load(packed, name);
            }
        } catch (IOException e) {
            // The driver tries in its own way, and reports its own failure.
            System.clearProperty(LIBRARY_FOLDER);
        }
    }

    private static void load(InputStream packed, String name) throws IOException {
        // No other user may write to a temporary directory.
        Path folder = Files.createTempDirectory("chatpress-sqlite");
        Path library = folder.resolve(name);
        try {
            Files.copy(packed, library);
            System.setProperty(LIBRARY_FOLDER, folder.toString());
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
