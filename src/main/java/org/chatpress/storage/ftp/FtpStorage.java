package org.chatpress.storage.ftp;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.apache.commons.net.ftp.FTPFile;
import org.chatpress.error.RemoteException;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage;
import org.chatpress.storage.Storage.Content;
import org.chatpress.storage.Storage.Content.ReadException;
import org.chatpress.storage.Storage.StoredObject;
import org.chatpress.storage.ftp.FtpConnection.FtpReplyException;

/**
 * Stores files in a folder of an FTP server. A put uploads a hidden file and then renames it. If the server refuses to
 * rename over an existing file, the old file is renamed to a backup first. Between these two renames, for one round trip,
 * readers find no file; FTP offers no way around that. If the second rename fails, the backup is renamed back.
 *
 * <p>Parallel puts use a connection each.
 */
final class FtpStorage implements Storage {
    /** Of connecting, and of each reply. */
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    // vsftpd sends 553, Apache FtpServer 551, others 550
    private static final Set<Integer> REPLIES_TO_MISSING_FOLDER = Set.of(550, 551, 553);

    /** Stored under its hidden names after a file was refused. Always the same, so that at most one stays behind. */
    private static final ObjectKey PROBE = new ObjectKey("chatpress-probe");

    private final FtpSettings settings;
    private final FtpConnectionPool connections;

    /** Accepts the server certificates that Java trusts. */
    FtpStorage(FtpSettings settings) {
        this(settings, FtpStorage::defaultSslContext);
    }

    FtpStorage(FtpSettings settings, Supplier<SSLContext> sslContexts) {
        this(settings, sslContexts, TIMEOUT);
    }

    FtpStorage(FtpSettings settings, Supplier<SSLContext> sslContexts, Duration timeout) {
        this.settings = settings;
        this.connections = new FtpConnectionPool(settings, sslContexts, timeout);
    }

    @Override
    public String name() {
        String scheme = settings.tls() == FtpSettings.Tls.IMPLICIT ? "ftps://" : "ftp://";
        OptionalInt port = settings.port();
        String directory = settings.directory();
        return scheme + settings.user() + "@" + FtpSettings.bracketed(settings.host())
                + (port.isPresent() ? ":" + port.getAsInt() : "")
                + (directory.startsWith("/") ? "" : "/") + directory;
    }

    @Override
    public int maxParallel() {
        return FtpConnectionPool.MAX_CONNECTIONS;
    }

    @Override
    public void put(StoredObject object) {
        String action = "put " + object.key() + " to";
        try {
            connections.run(ftp -> put(ftp, object, new ArrayList<>()));
        } catch (IOException e) {
            // Servers send the same reply if they refuse one file, and if none can be written
            throw FtpErrors.mayConcernOneFile(settings, e) && acceptsProbe()
                    ? FtpErrors.rejected(failed(action), "write and rename", settings, ", which accepts others.", e)
                    : failure(action, e);
        }
    }

    /** Whether the server stores and renames another file now. Readers, and importers of upload folders, never see it. */
    private synchronized boolean acceptsProbe() {
        try {
            return connections.run(ftp -> {
                try {
                    store(ftp, PROBE, Content.of(new byte[1]), new ArrayList<>());
                    removeIfAllowed(ftp, PROBE.backup());
                    ftp.rename(PROBE.temporary(), PROBE.backup());
                    return true;
                } finally {
                    removeIfAllowed(ftp, PROBE.temporary());
                    removeIfAllowed(ftp, PROBE.backup());
                }
            });
        } catch (IOException e) {
            return false;
        }
    }

    private static void removeIfAllowed(FtpConnection ftp, String path) throws IOException {
        try {
            ftp.remove(path);
        } catch (FtpReplyException e) {
            // A server that accepts files may refuse deletes; the next probe replaces this one
        }
    }

    @Override
    public void delete(ObjectKey key) {
        String action = "delete " + key + " from";
        try {
            connections.run(ftp -> {
                ftp.remove(key.value());
                ftp.remove(key.temporary());
                ftp.remove(key.backup());
                return key;
            });
        } catch (IOException e) {
            // If the server refuses all deletes, it may still accept files, which must not wait
            throw FtpErrors.mayConcernOneFile(settings, e)
                    ? FtpErrors.rejected(failed(action), "delete", settings, ", or delete it there by hand.", e)
                    : failure(action, e);
        }
    }

    @Override
    public Optional<StoredObject> read(ObjectKey key) {
        return run("read " + key + " from", ftp -> ftp.retrieve(key.value()))
                .map(bytes -> new StoredObject(key, bytes, "", ""));
    }

    @Override
    public List<ObjectKey> list(String folder) {
        String start = folder.isEmpty() ? "" : new ObjectKey(folder).value();
        return run("list " + (folder.isEmpty() ? "everything" : folder) + " in", ftp -> {
            var keys = new ArrayList<ObjectKey>();
            addKeysBelow(start, ftp, keys);
            return keys.stream().sorted().toList();
        });
    }

    @Override
    public void check() {
        StoredObject probe = Storage.probe();
        var made = new ArrayList<String>();
        try {
            run("put " + probe.key() + " to", ftp -> put(ftp, probe, made));
            Storage.deleteProbe(probe, this);
        } finally {
            removeFoldersQuietly(made);
        }
    }

    @Override
    public void close() {
        connections.close();
    }

    /** @param made receives the folders that were missing */
    private ObjectKey put(FtpConnection ftp, StoredObject object, List<String> made) throws IOException {
        ObjectKey key = object.key();
        try {
            store(ftp, key, object.content(), made);
            renameIntoPlace(ftp, key);
            return key;
        } catch (FtpReplyException | ReadException e) {
            removeQuietly(ftp, key.temporary(), e);
            throw e;
        }
    }

    private void store(FtpConnection ftp, ObjectKey key, Content content, List<String> made) throws IOException {
        try {
            ftp.store(key.temporary(), content);
            return;
        } catch (FtpReplyException refusal) {
            if (!REPLIES_TO_MISSING_FOLDER.contains(refusal.code())) {
                throw refusal;
            }
        }
        // The folder is missing, or an interrupted put left a file that the server refuses to overwrite
        made.addAll(ftp.makeFolders(key.folder()));
        ftp.remove(key.temporary());
        ftp.store(key.temporary(), content);
    }

    private void renameIntoPlace(FtpConnection ftp, ObjectKey key) throws IOException {
        try {
            ftp.rename(key.temporary(), key.value());
        } catch (FtpReplyException refusal) {
            // vsftpd replaces an existing file, Apache FtpServer refuses
            renameViaBackup(ftp, key, refusal);
        }
        // Left by this put or an interrupted one; it may contain a message that was taken down since
        ftp.remove(key.backup());
    }

    private void renameViaBackup(FtpConnection ftp, ObjectKey key, FtpReplyException refusal) throws IOException {
        ftp.remove(key.backup());
        try {
            ftp.rename(key.value(), key.backup());
        } catch (FtpReplyException noOldFile) {
            // There is no old file, so the first rename was refused for another reason
            throw refusal;
        }
        try {
            ftp.rename(key.temporary(), key.value());
        } catch (IOException e) {
            restoreBackup(ftp, key, e);
            throw e;
        }
    }

    private void restoreBackup(FtpConnection ftp, ObjectKey key, IOException failure) {
        try {
            if (failure instanceof FtpReplyException) {
                ftp.rename(key.backup(), key.value());
            } else {
                connections.recover(other -> other.rename(key.backup(), key.value()));
            }
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    private void removeQuietly(FtpConnection ftp, String path, IOException failure) {
        try {
            try {
                ftp.remove(path);
            } catch (FtpReplyException refusal) {
                throw refusal;
            } catch (IOException connectionClosed) {
                // vsftpd sends 522, keeps the empty file and closes the connection
                connections.recover(other -> other.remove(path));
            }
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    private void removeFoldersQuietly(List<String> made) {
        if (made.isEmpty()) {
            return;
        }
        Collections.reverse(made);
        try {
            run("remove folders from", ftp -> {
                for (String folder : made) {
                    ftp.removeFolder(folder);
                }
                return made;
            });
        } catch (RemoteException e) {
            // An empty folder does no harm, and must not hide the first failure
        }
    }

    private static void addKeysBelow(String folder, FtpConnection ftp, List<ObjectKey> keys) throws IOException {
        for (FTPFile entry : ftp.entries(folder)) {
            String path = folder.isEmpty() ? entry.getName() : folder + "/" + entry.getName();
            if (!ObjectKey.isValid(path)) {
                continue;
            }
            if (entry.isFile()) {
                keys.add(new ObjectKey(path));
            }
            if (entry.isDirectory()) {
                addKeysBelow(path, ftp, keys);
            }
        }
    }

    private <T> T run(String action, FtpConnectionPool.Task<T> task) {
        try {
            return connections.run(task);
        } catch (IOException e) {
            throw failure(action, e);
        }
    }

    private RemoteException failure(String action, IOException e) {
        return FtpErrors.translate(failed(action), name(), settings, e);
    }

    private String failed(String action) {
        return "cannot " + action + " " + name();
    }

    /** A new context for each connection, so that connections do not share TLS sessions. */
    static SSLContext defaultSslContext() {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(null, null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has TLS", e);
        }
    }
}
