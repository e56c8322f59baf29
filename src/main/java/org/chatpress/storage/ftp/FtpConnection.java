package org.chatpress.storage.ftp;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.apache.commons.net.DefaultSocketFactory;
import org.apache.commons.net.ftp.FTP;
import org.apache.commons.net.ftp.FTPClient;
import org.apache.commons.net.ftp.FTPConnectionClosedException;
import org.apache.commons.net.ftp.FTPFile;
import org.apache.commons.net.ftp.FTPReply;
import org.apache.commons.net.ftp.parser.ParserInitializationException;
import org.chatpress.storage.Storage.Content;

/**
 * An FTP connection after login. Paths are relative to the storage's directory. A negative reply is thrown as {@link
 * FtpReplyException}; after any other {@link IOException} the connection must be closed.
 */
final class FtpConnection {
    private static final int QUIT_TIMEOUT_MILLIS = (int) Duration.ofSeconds(2).toMillis();
    private static final int FILE_UNAVAILABLE = 550;
    private static final int MAX_REPLY_CHARACTERS = 500;

    /** A reply that may mean that the file is there. */
    private static final Pattern DENIED =
            Pattern.compile("denied|permission|not (allowed|permitted)|forbidden|prohibited", Pattern.CASE_INSENSITIVE);

    private final FTPClient client;
    private final TimedSocketWriter writer;
    private final FtpSettings settings;
    private final Duration timeout;
    private String directory = "";

    private FtpConnection(FTPClient client, TimedSocketWriter writer, FtpSettings settings, Duration timeout) {
        this.client = client;
        this.writer = writer;
        this.settings = settings;
        this.timeout = timeout;
    }

    /** @param timeout of connecting, of each reply, and of each chunk of a file */
    static FtpConnection connect(FtpSettings settings, Supplier<SSLContext> sslContexts, Duration timeout)
            throws IOException {
        var writer = new TimedSocketWriter(timeout);
        var connection = new FtpConnection(client(settings, sslContexts, writer), writer, settings, timeout);
        try {
            connection.logIn();
        } catch (IOException e) {
            IOException failure = connection.withReply(e);
            connection.disconnect();
            throw failure;
        }
        return connection;
    }

    private static FTPClient client(FtpSettings settings, Supplier<SSLContext> sslContexts, TimedSocketWriter writer) {
        return switch (settings.tls()) {
            case NONE -> new PlainFtpClient(writer);
            case EXPLICIT -> new SessionReusingFtpsClient(false, sslContexts.get(), writer);
            case IMPLICIT -> new SessionReusingFtpsClient(true, sslContexts.get(), writer);
        };
    }

    private static final class PlainFtpClient extends FTPClient {
        private final TimedSocketWriter writer;

        PlainFtpClient(TimedSocketWriter writer) {
            this.writer = writer;
        }

        @Override
        protected Socket _openDataConnection_(String command, String argument) throws IOException {
            Socket data = super._openDataConnection_(command, argument);
            writer.watch(data);
            return data;
        }
    }

    private void logIn() throws IOException {
        int timeoutMillis = (int) timeout.toMillis();
        client.setControlEncoding(StandardCharsets.UTF_8.name());
        client.setConnectTimeout(timeoutMillis);
        client.setDefaultTimeout(timeoutMillis);
        client.setDataTimeout(timeout);
        connect();
        require(FTPReply.isPositiveCompletion(client.getReplyCode()));
        if (client instanceof PlainFtpClient) {
            client.setSocketFactory(socketFactory(DataSocket::new));
        }

        require(client.login(settings.user(), settings.password().reveal()));
        if (client instanceof SessionReusingFtpsClient secure) {
            secure.execPBSZ(0);
            secure.execPROT("P");
        }
        require(client.setFileType(FTP.BINARY_FILE_TYPE));
        client.enterLocalPassiveMode();
        directory = absoluteDirectory();
    }

    private void connect() throws IOException {
        try {
            client.connect(settings.host(), settings.port().orElse(client.getDefaultPort()));
        } catch (IOException e) {
            // The client wraps a timeout only while it waits for the greeting
            if (e.getCause() instanceof SocketTimeoutException && !(e instanceof SSLException)) {
                throw new NoGreetingException(e);
            }
            throw e;
        }
    }

    /** Absolute, so that changing into a folder to list it does not change what other paths mean. */
    private String absoluteDirectory() throws IOException {
        String configured = settings.directory().replaceAll("/+$", "");
        if (settings.directory().startsWith("/")) {
            return configured;
        }
        String home = client.printWorkingDirectory();
        require(home != null);
        return home.replaceAll("/+$", "") + (configured.isEmpty() ? "" : "/" + configured);
    }

    /** Writes a file, over an existing one. If it fails, a part of the file may stay behind. */
    void store(String path, Content content) throws IOException {
        OutputStream data = client.storeFileStream(at(path));
        require(data != null);
        try (data;
                InputStream in = content.open()) {
            writer.write(data, in);
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (Content.ReadException e) {
            // The server takes the end of the data for the end of the file
            client.completePendingCommand();
            throw e;
        } catch (IOException e) {
            // The reply of a server that aborts a transfer says why
            require(client.completePendingCommand());
            throw e;
        }
        require(client.completePendingCommand());
    }

    /** Reads a file; empty if it does not exist. */
    Optional<byte[]> retrieve(String path) throws IOException {
        var data = client.retrieveFileStream(at(path));
        if (data == null && client.getReplyCode() == FILE_UNAVAILABLE) {
            return Optional.empty();
        }
        require(data != null);
        byte[] bytes;
        try (data) {
            bytes = data.readAllBytes();
        }
        require(client.completePendingCommand());
        return Optional.of(bytes);
    }

    /** Renames a file. If a file of the new name exists, some servers replace it, and others refuse. */
    void rename(String from, String to) throws IOException {
        require(client.rename(at(from), at(to)));
    }

    /** Deletes a file, if it exists. */
    void remove(String path) throws IOException {
        if (client.deleteFile(at(path))) {
            return;
        }
        // Servers send the same reply for a missing file and for missing permission
        var reply = replyException();
        if (exists(path)) {
            throw reply;
        }
    }

    private boolean exists(String path) throws IOException {
        client.getSize(at(path));
        return switch (client.getReplyCode()) {
            case FTPReply.FILE_STATUS -> true;
            case FILE_UNAVAILABLE -> DENIED.matcher(client.getReplyString()).find() && isListed(path);
            default -> isListed(path);
        };
    }

    private boolean isListed(String path) throws IOException {
        int slash = path.lastIndexOf('/');
        return entries(slash < 0 ? "" : path.substring(0, slash)).stream()
                .anyMatch(entry -> entry.getName().equals(path.substring(slash + 1)));
    }

    /** Makes a folder and those above it, and returns the ones that were missing. Ignores refusals: the next command fails. */
    List<String> makeFolders(String folder) throws IOException {
        var made = new ArrayList<String>();
        String path = at(folder);
        for (int slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
            makeFolder(path.substring(0, slash), made);
        }
        makeFolder(path, made);
        return made;
    }

    private void makeFolder(String path, List<String> made) throws IOException {
        if (!path.isEmpty() && client.makeDirectory(path)) {
            made.add(path);
        }
    }

    /** Removes a folder that {@link #makeFolders} returned, if it is empty. */
    void removeFolder(String madePath) throws IOException {
        client.removeDirectory(madePath);
    }

    /** Lists a folder; empty if it does not exist. Hidden files are listed by some servers only. */
    List<FTPFile> entries(String folder) throws IOException {
        // Changes into the folder first: servers take spaces and brackets in a path for options and patterns
        if (!client.changeWorkingDirectory(folder.isEmpty() && directory.isEmpty() ? "/" : at(folder))) {
            if (client.getReplyCode() == FILE_UNAVAILABLE) {
                return List.of();
            }
            throw replyException();
        }
        try {
            FTPFile[] entries = client.listFiles();
            require(FTPReply.isPositiveCompletion(client.getReplyCode()));
            return Arrays.asList(entries);
        } catch (ParserInitializationException e) {
            throw new IOException("unsupported format of directory listings", e);
        }
    }

    /** Quits the session, without waiting long for the reply. */
    void close() {
        try {
            client.setSoTimeout(QUIT_TIMEOUT_MILLIS);
            client.quit();
        } catch (IOException e) {
            // The server has closed the connection already
        }
        disconnect();
    }

    /** Closes the connection without quitting the session. */
    void disconnect() {
        try {
            client.disconnect();
        } catch (IOException e) {
            // It is closed in any case
        }
    }

    private String at(String path) {
        return path.isEmpty() ? directory : directory + "/" + path;
    }

    private void require(boolean positive) throws FtpReplyException {
        if (!positive) {
            throw replyException();
        }
    }

    /** The reply with which the server closed the connection, if it did; the library's exception does not contain it. */
    IOException withReply(IOException e) {
        boolean isClosing = client.getReplyCode() == FTPReply.SERVICE_NOT_AVAILABLE;
        return e instanceof FTPConnectionClosedException && isClosing ? replyException() : e;
    }

    private FtpReplyException replyException() {
        String text = text(client.getReplyCode(), client.getReplyStrings());
        // In case the server repeats the password
        String password = settings.password().reveal();
        return new FtpReplyException(client.getReplyCode(), password.isEmpty() ? text : text.replace(password, "***"));
    }

    /** All lines of a reply in one, with the code once, and without the full stops at their ends. */
    private static String text(int code, String[] lines) {
        String text = Stream.of(lines == null ? new String[0] : lines)
                .map(line -> line.replaceFirst("^" + code + "[ -]?", "").replaceAll("\\p{Cntrl}+", " "))
                .map(line -> line.strip().replaceFirst("\\.+$", ""))
                .filter(line -> !line.isEmpty())
                .collect(joining("; "));
        String reply = text.isEmpty() ? "no reply" : code + " " + text;
        return reply.length() > MAX_REPLY_CHARACTERS ? reply.substring(0, MAX_REPLY_CHARACTERS) + "…" : reply;
    }

    /** The server replied with an error. The connection can still be used, except after 421. */
    static final class FtpReplyException extends IOException {
        private final int code;

        /** @param reply all lines of the reply, with its code */
        FtpReplyException(int code, String reply) {
            super(reply);
            this.code = code;
        }

        int code() {
            return code;
        }

        boolean hasClosedConnection() {
            return code == FTPReply.SERVICE_NOT_AVAILABLE;
        }
    }

    /** The server accepted the connection, and then sent nothing. */
    static final class NoGreetingException extends IOException {
        NoGreetingException(IOException timeout) {
            super("the server sends no greeting", timeout.getCause());
        }
    }

    /** The control connection works, but the connection for a file or a listing could not be opened. */
    static final class DataConnectionException extends IOException {
        DataConnectionException(InetSocketAddress endpoint, IOException cause) {
            super(
                    "cannot open the data connection to "
                            + FtpSettings.bracketed(endpoint.getAddress().getHostAddress()) + ":" + endpoint.getPort()
                            + ": " + cause.getMessage(),
                    cause);
        }
    }

    /** A socket for files and listings. */
    static class DataSocket extends Socket {
        @Override
        public void connect(SocketAddress endpoint, int timeoutMillis) throws IOException {
            try {
                super.connect(endpoint, timeoutMillis);
            } catch (IOException e) {
                throw new DataConnectionException((InetSocketAddress) endpoint, e);
            }
        }
    }

    static SocketFactory socketFactory(Supplier<Socket> sockets) {
        return new DefaultSocketFactory() {
            @Override
            public Socket createSocket() {
                return sockets.get();
            }
        };
    }

    /** Writes to a socket with a timeout, which Java lacks: a server that stops reading would block a write forever. */
    static final class TimedSocketWriter {
        private static final int CHUNK_BYTES = 64 * 1024;

        private final Duration timeout;
        private volatile Socket socket = new Socket();

        /** @param timeout for each chunk */
        TimedSocketWriter(Duration timeout) {
            this.timeout = timeout;
        }

        /** Sets the socket below the streams that are written to, which is closed after a timeout. */
        void watch(Socket opened) {
            socket = opened;
        }

        /** Writes in chunks. If one takes too long, closes the socket, which makes the write fail. */
        void write(OutputStream data, InputStream content) throws IOException {
            byte[] chunk = new byte[CHUNK_BYTES];
            for (int read = content.read(chunk); read >= 0; read = content.read(chunk)) {
                var written = new CompletableFuture<Void>();
                written.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS).exceptionally(timedOut -> closeSocket());
                try {
                    data.write(chunk, 0, read);
                    data.flush();
                } catch (IOException e) {
                    if (written.isCompletedExceptionally()) {
                        throw new SocketTimeoutException("the server does not read the file");
                    }
                    throw e;
                } finally {
                    written.complete(null);
                }
            }
        }

        private Void closeSocket() {
            try {
                socket.close();
            } catch (IOException e) {
                // It is closed in any case.
            }
            return null;
        }
    }
}
