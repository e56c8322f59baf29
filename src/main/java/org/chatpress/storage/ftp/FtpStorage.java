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
import org.chatpress.storage.StorageProbe;
import org.chatpress.storage.StoredObject;

/**
 * Files below a folder of an FTP server. A file is sent under a hidden name and then renamed. On a server that refuses
 * to rename over an existing file, the old one is first renamed aside: between the two renames, one round trip,
 * readers find no file, which cannot be helped there. If the second rename fails, the old file is renamed back.
 *
 * <p>Several files are sent at once, each over a connection of its own.
 */
final class FtpStorage implements Storage {
    private static final Duration ANSWERING = Duration.ofSeconds(30);

    // vsftpd says 553, Apache FtpServer 551, others 550
    private static final Set<Integer> MAYBE_NO_FOLDER = Set.of(550, 551, 553);

    private final FtpSettings settings;
    private final FtpConnectionPool connections;

    /** Trusts the certificates that Java trusts. */
    FtpStorage(FtpSettings settings) {
        this(settings, FtpStorage::trustedByJava);
    }

    FtpStorage(FtpSettings settings, Supplier<SSLContext> trust) {
        this(settings, trust, ANSWERING);
    }

    FtpStorage(FtpSettings settings, Supplier<SSLContext> trust, Duration answering) {
        this.settings = settings;
        this.connections = new FtpConnectionPool(settings, trust, answering);
    }

    @Override
    public String name() {
        String scheme = settings.tls() == FtpSettings.Tls.IMPLICIT ? "ftps://" : "ftp://";
        OptionalInt port = settings.port();
        String directory = settings.directory();
        return scheme + settings.user() + "@" + settings.host() + (port.isPresent() ? ":" + port.getAsInt() : "")
                + (directory.startsWith("/") ? "" : "/") + directory;
    }

    @Override
    public int maxParallel() {
        return FtpConnectionPool.MAX_CONNECTIONS;
    }

    @Override
    public void put(StoredObject object) {
        connected("put " + object.key() + " to", ftp -> place(ftp, object, new ArrayList<>()));
    }

    @Override
    public void delete(ObjectKey key) {
        connected("delete " + key + " from", ftp -> {
            ftp.remove(key.value());
            ftp.remove(key.temporary());
            ftp.remove(key.backup());
            return key;
        });
    }

    @Override
    public Optional<StoredObject> read(ObjectKey key) {
        return connected("read " + key + " from", ftp -> ftp.retrieve(key.value()))
                .map(bytes -> new StoredObject(key, bytes, "", ""));
    }

    @Override
    public List<ObjectKey> list(String folder) {
        String start = folder.isEmpty() ? "" : new ObjectKey(folder).value();
        return connected("list " + (folder.isEmpty() ? "everything" : folder) + " in", ftp -> {
            var keys = new ArrayList<ObjectKey>();
            addKeysBelow(start, ftp, keys);
            return keys.stream().sorted().toList();
        });
    }

    @Override
    public void check() {
        StoredObject probe = StorageProbe.object();
        var made = new ArrayList<String>();
        try {
            connected("put " + probe.key() + " to", ftp -> place(ftp, probe, made));
            delete(probe.key());
        } finally {
            removeFoldersQuietly(made);
        }
    }

    @Override
    public void close() {
        connections.close();
    }

    /** Adds the folders that were missing to {@code made}. */
    private ObjectKey place(FtpConnection ftp, StoredObject object, List<String> made) throws IOException {
        ObjectKey key = object.key();
        try {
            store(ftp, key, object.bytes(), made);
            moveIntoPlace(ftp, key);
            return key;
        } catch (FtpReplyException refusal) {
            removeQuietly(ftp, key.temporary(), refusal);
            throw refusal;
        }
    }

    private void store(FtpConnection ftp, ObjectKey key, byte[] bytes, List<String> made) throws IOException {
        try {
            ftp.store(key.temporary(), bytes);
            return;
        } catch (FtpReplyException refusal) {
            if (!MAYBE_NO_FOLDER.contains(refusal.code())) {
                throw refusal;
            }
        }
        // The folder is missing, or an interrupted put left a file that the server does not overwrite
        made.addAll(ftp.makeFolders(key.folder()));
        ftp.remove(key.temporary());
        ftp.store(key.temporary(), bytes);
    }

    private void moveIntoPlace(FtpConnection ftp, ObjectKey key) throws IOException {
        try {
            ftp.rename(key.temporary(), key.value());
        } catch (FtpReplyException refusal) {
            // vsftpd replaces an existing file, Apache FtpServer refuses
            swap(ftp, key, refusal);
        }
        // There if we or an interrupted put renamed the old file aside; it may hold what was taken down since
        ftp.remove(key.backup());
    }

    private void swap(FtpConnection ftp, ObjectKey key, FtpReplyException refusal) throws IOException {
        ftp.remove(key.backup());
        try {
            ftp.rename(key.value(), key.backup());
        } catch (FtpReplyException nothingThere) {
            // So nothing was in the way, and the first refusal had another reason
            throw refusal;
        }
        try {
            ftp.rename(key.temporary(), key.value());
        } catch (IOException e) {
            putBack(ftp, key, e);
            throw e;
        }
    }

    private void putBack(FtpConnection ftp, ObjectKey key, IOException why) {
        try {
            if (why instanceof FtpReplyException) {
                ftp.rename(key.backup(), key.value());
            } else {
                connections.recover(another -> another.rename(key.backup(), key.value()));
            }
        } catch (IOException e) {
            why.addSuppressed(e);
        }
    }

    private void removeQuietly(FtpConnection ftp, String path, FtpReplyException why) {
        try {
            try {
                ftp.remove(path);
            } catch (FtpReplyException refusal) {
                throw refusal;
            } catch (IOException hungUp) {
                // vsftpd says 522, keeps the empty file and hangs up
                connections.recover(another -> another.remove(path));
            }
        } catch (IOException e) {
            why.addSuppressed(e);
        }
    }

    private void removeFoldersQuietly(List<String> made) {
        if (made.isEmpty()) {
            return;
        }
        Collections.reverse(made);
        try {
            connected("remove folders from", ftp -> {
                for (String folder : made) {
                    ftp.removeFolder(folder);
                }
                return made;
            });
        } catch (RemoteException e) {
            // An empty folder harms nobody, and what failed before is what the operator must read
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

    private <T> T connected(String deed, FtpConnectionPool.Work<T> work) {
        try {
            return connections.use(work);
        } catch (FtpReplyException refusal) {
            throw FtpErrors.translate("cannot " + deed + " " + name(), name(), settings, refusal);
        } catch (IOException e) {
            throw FtpErrors.translate("cannot " + deed + " " + name(), name(), settings, e);
        }
    }

    /** A context for each connection, so that its sessions are only its own. */
    private static SSLContext trustedByJava() {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(null, null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has TLS", e);
        }
    }
}
