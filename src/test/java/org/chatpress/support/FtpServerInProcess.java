package org.chatpress.support;

import java.io.File;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.apache.ftpserver.ConnectionConfigFactory;
import org.apache.ftpserver.FtpServer;
import org.apache.ftpserver.FtpServerFactory;
import org.apache.ftpserver.filesystem.nativefs.NativeFileSystemFactory;
import org.apache.ftpserver.ftplet.FileSystemView;
import org.apache.ftpserver.ftplet.FtpException;
import org.apache.ftpserver.ftplet.FtpFile;
import org.apache.ftpserver.ftplet.User;
import org.apache.ftpserver.impl.FtpIoSession;
import org.apache.ftpserver.listener.Listener;
import org.apache.ftpserver.listener.ListenerFactory;
import org.apache.ftpserver.ssl.SslConfigurationFactory;
import org.apache.ftpserver.usermanager.impl.BaseUser;
import org.apache.ftpserver.usermanager.impl.WritePermission;
import org.apache.mina.core.RuntimeIoException;
import org.apache.mina.transport.socket.SocketSessionConfig;
import org.chatpress.model.Secret;
import org.chatpress.storage.ftp.FtpSettings;
import org.chatpress.storage.ftp.FtpSettings.Tls;

/**
 * An FTP server on a free port of this machine that serves a folder. It refuses to rename over an existing file, unless
 * set otherwise, and breaks on demand. After a restart it has the same port and files.
 */
public final class FtpServerInProcess implements AutoCloseable {
    public static final String USER = "chats";
    public static final String PASSWORD = "correct horse";

    private final Path root;
    private final Tls tls;
    private final Optional<TestCertificate> certificate;
    private final AtomicInteger logins = new AtomicInteger();
    private final AtomicInteger renamesToRefuse = new AtomicInteger();
    private volatile int mostLogins = 100;
    private volatile boolean overwriting;
    private volatile boolean readOnly;
    private volatile Predicate<String> isProtected = path -> false;
    private volatile long bytesUntilFull = Long.MAX_VALUE;
    private volatile Runnable beforeLogin = () -> {};
    private volatile Runnable inUpload = () -> {};
    private volatile Runnable beforeRename = () -> {};
    private volatile Runnable afterRename = () -> {};
    private FtpServer server;
    private Listener listener;
    private int port;

    /** Without TLS. */
    public FtpServerInProcess(Path root) {
        this(root, Tls.NONE, Optional.empty());
    }

    public FtpServerInProcess(Path root, Tls tls, TestCertificate certificate) {
        this(root, tls, Optional.of(certificate));
    }

    private FtpServerInProcess(Path root, Tls tls, Optional<TestCertificate> certificate) {
        this.root = root;
        this.tls = tls;
        this.certificate = certificate;
    }

    public FtpServerInProcess start() {
        try {
            var factory = new FtpServerFactory();
            factory.setFileSystem(new BreakableFiles());
            factory.getUserManager().save(user());
            var connections = new ConnectionConfigFactory();
            connections.setLoginFailureDelay(0);
            connections.setMaxLogins(mostLogins);
            factory.setConnectionConfig(connections.createConnectionConfig());
            listener = listener();
            factory.addListener("default", listener);
            server = factory.createServer();
            server.start();
            port = listener.getPort();
            return this;
        } catch (FtpException e) {
            throw new IllegalStateException("the FTP server did not start", e);
        }
    }

    /** Ends every connection at once. */
    public void stop() {
        if (server != null) {
            server.stop();
            server = null;
        }
    }

    @Override
    public void close() {
        stop();
    }

    /** What reaches its root folder, with the right password. */
    public FtpSettings settings() {
        return settings(PASSWORD, "/");
    }

    public FtpSettings settings(String password, String directory) {
        return new FtpSettings("localhost", OptionalInt.of(port), USER, new Secret(password), directory, tls);
    }

    /** Its root folder, as channels.yml names it. */
    public String entry() {
        return "ftp: {host: 127.0.0.1, port: %d, user: %s, password: \"%s\", directory: /, tls: none}"
                .formatted(port, USER, PASSWORD);
    }

    public int port() {
        return port;
    }

    /** The folder that it serves. */
    public Path root() {
        return root;
    }

    /** How many may be logged in at once, from the next start on. */
    public void mostLogins(int count) {
        mostLogins = count;
    }

    /** How many were let in since the beginning. */
    public int logins() {
        return logins.get();
    }

    /** Whether a rename replaces an existing file, as in vsftpd, or is refused with 553. */
    public FtpServerInProcess overwriting(boolean isOverwriting) {
        overwriting = isOverwriting;
        return this;
    }

    /** Whether every change is refused. */
    public void readOnly(boolean isReadOnly) {
        readOnly = isReadOnly;
    }

    /** Which files it refuses to write, to replace, to rename and to delete, by their absolute paths. */
    public void protect(Predicate<String> paths) {
        isProtected = paths;
    }

    /** Uploads break off after so many bytes each. */
    public void fullAfter(long bytes) {
        bytesUntilFull = bytes;
    }

    public void neverFull() {
        bytesUntilFull = Long.MAX_VALUE;
    }

    /** The next renames to a name without a dot in front are refused, whatever is there. */
    public void refuseRenames(int count) {
        renamesToRefuse.set(count);
    }

    /** Runs on the server at each login, before anything else is done. */
    public void beforeLogin(Runnable action) {
        beforeLogin = action;
    }

    /** Runs on the server when the first bytes of an upload are written. */
    public void inUpload(Runnable action) {
        inUpload = action;
    }

    /** Runs on the server before each rename to a name without a dot in front. */
    public void beforeRename(Runnable action) {
        beforeRename = action;
    }

    /** Runs on the server after each such rename, before it is answered. */
    public void afterRename(Runnable action) {
        afterRename = action;
    }

    /** Closes every connection, as after a long silence. Clients may open others meanwhile. */
    public void dropConnections() {
        Set<FtpIoSession> dropped = listener.getActiveSessions();
        dropped.forEach(FtpIoSession::closeNow);
        while (!Collections.disjoint(listener.getActiveSessions(), dropped)) {
            Thread.onSpinWait();
        }
    }

    private Listener listener() {
        var factory = new ListenerFactory();
        factory.setServerAddress("127.0.0.1");
        factory.setPort(port);
        factory.setImplicitSsl(tls == Tls.IMPLICIT);
        certificate.ifPresent(held -> {
            var ssl = new SslConfigurationFactory();
            ssl.setKeystoreFile(held.keyStore().toFile());
            ssl.setKeystorePassword(TestCertificate.PASSWORD);
            factory.setSslConfiguration(ssl.createSslConfiguration());
        });
        return factory.createListener();
    }

    private User user() {
        var user = new BaseUser();
        user.setName(USER);
        user.setPassword(PASSWORD);
        user.setHomeDirectory(root.toString());
        user.setAuthorities(List.of(new WritePermission()));
        return user;
    }

    /** Wraps each file that the server asks for. */
    private final class BreakableFiles extends NativeFileSystemFactory {
        @Override
        public FileSystemView createFileSystemView(User user) throws FtpException {
            beforeLogin.run();
            logins.incrementAndGet();
            // Otherwise the second reply of a transfer waits 40 ms for a delayed acknowledgement of the first.
            listener.getActiveSessions().forEach(this::sendAtOnce);
            FileSystemView files = super.createFileSystemView(user);
            return (FileSystemView) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {FileSystemView.class}, (proxy, method, arguments) -> {
                        Object result = invoke(files, method, arguments);
                        return result instanceof FtpFile file ? breakable(file) : result;
                    });
        }

        private void sendAtOnce(FtpIoSession session) {
            try {
                ((SocketSessionConfig) session.getConfig()).setTcpNoDelay(true);
            } catch (RuntimeIoException e) {
                // Its client has closed it meanwhile
            }
        }

        private FtpFile breakable(FtpFile file) {
            return (FtpFile) Proxy.newProxyInstance(
                    getClass().getClassLoader(),
                    new Class<?>[] {FtpFile.class},
                    (proxy, method, arguments) -> switch (method.getName()) {
                        case "isWritable", "isRemovable" ->
                            !readOnly
                                    && !isProtected.test(file.getAbsolutePath())
                                    && (boolean) invoke(file, method, arguments);
                        case "createOutputStream" -> limited((OutputStream) invoke(file, method, arguments));
                        case "move" -> move(file, (FtpFile) arguments[0]);
                        case "listFiles" ->
                            file.listFiles().stream().map(this::breakable).toList();
                        default -> invoke(file, method, arguments);
                    });
        }

        private Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
            try {
                return method.invoke(target, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }

        private OutputStream limited(OutputStream file) {
            return new FilterOutputStream(file) {
                private long left = bytesUntilFull;

                @Override
                public void write(byte[] bytes, int offset, int length) throws IOException {
                    int fits = (int) Math.min(left, length);
                    out.write(bytes, offset, fits);
                    left -= fits;
                    inUpload.run();
                    if (fits < length) {
                        throw new IOException("No space left on device");
                    }
                }
            };
        }

        private boolean move(FtpFile from, FtpFile to) {
            Path source = physical(from);
            Path target = physical(to);
            if (!to.getName().startsWith(".")) {
                beforeRename.run();
                if (renamesToRefuse.getAndUpdate(count -> Math.max(0, count - 1)) > 0) {
                    return false;
                }
            }
            boolean isRefused = isProtected.test(from.getAbsolutePath()) || isProtected.test(to.getAbsolutePath());
            if (isRefused || (Files.exists(target) && !overwriting)) {
                return false;
            }
            try {
                Files.move(source, target, StandardCopyOption.ATOMIC_MOVE);
                if (!to.getName().startsWith(".")) {
                    afterRename.run();
                }
                return true;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private Path physical(FtpFile file) {
            return ((File) file.getPhysicalFile()).toPath();
        }
    }
}
