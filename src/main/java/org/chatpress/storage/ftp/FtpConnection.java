package org.chatpress.storage.ftp;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.apache.commons.net.ftp.FTP;
import org.apache.commons.net.ftp.FTPClient;
import org.apache.commons.net.ftp.FTPFile;
import org.apache.commons.net.ftp.FTPReply;
import org.apache.commons.net.ftp.parser.ParserInitializationException;

/**
 * A connection that is logged in. Paths are relative to the storage's top. A negative answer is an {@link FtpReplyException};
 * after any other {@link IOException} the connection is of no more use.
 */
final class FtpConnection {
    private static final int CONNECTING = (int) Duration.ofSeconds(10).toMillis();
    private static final int LEAVING = (int) Duration.ofSeconds(2).toMillis();
    private static final int NOT_THERE_OR_NOT_ALLOWED = 550;

    private final FTPClient client;
    private final TimedSocketWriter line;
    private final FtpSettings settings;
    private final Duration answering;
    private String top = "";

    private FtpConnection(FTPClient client, TimedSocketWriter line, FtpSettings settings, Duration answering) {
        this.client = client;
        this.line = line;
        this.settings = settings;
        this.answering = answering;
    }

    /** @param answering what the server may take for an answer, and for a piece of a file */
    static FtpConnection connect(FtpSettings settings, Supplier<SSLContext> trust, Duration answering)
            throws IOException {
        var line = new TimedSocketWriter(answering);
        var connection = new FtpConnection(client(settings, trust, line), line, settings, answering);
        try {
            connection.logIn();
        } catch (IOException e) {
            connection.disconnect();
            throw e;
        }
        return connection;
    }

    private static FTPClient client(FtpSettings settings, Supplier<SSLContext> trust, TimedSocketWriter line) {
        return switch (settings.tls()) {
            case NONE -> new PlainFtp(line);
            case EXPLICIT -> new SessionReusingFtpsClient(false, trust.get(), line);
            case IMPLICIT -> new SessionReusingFtpsClient(true, trust.get(), line);
        };
    }

    private static final class PlainFtp extends FTPClient {
        private final TimedSocketWriter line;

        PlainFtp(TimedSocketWriter line) {
            this.line = line;
        }

        @Override
        protected Socket _openDataConnection_(String command, String argument) throws IOException {
            Socket data = super._openDataConnection_(command, argument);
            line.watch(data);
            return data;
        }
    }

    private void logIn() throws IOException {
        client.setControlEncoding(StandardCharsets.UTF_8.name());
        client.setConnectTimeout(CONNECTING);
        client.setDefaultTimeout(CONNECTING);
        client.setDataTimeout(answering);
        client.connect(settings.host(), settings.port().orElse(client.getDefaultPort()));
        require(FTPReply.isPositiveCompletion(client.getReplyCode()));
        client.setSoTimeout((int) answering.toMillis());

        require(client.login(settings.user(), settings.password().reveal()));
        if (client instanceof SessionReusingFtpsClient secure) {
            secure.execPBSZ(0);
            secure.execPROT("P");
        }
        require(client.setFileType(FTP.BINARY_FILE_TYPE));
        client.enterLocalPassiveMode();
        top = top();
    }

    /** An absolute path, so that entering a folder to list it changes nothing else. */
    private String top() throws IOException {
        String directory = settings.directory().replaceAll("/+$", "");
        if (settings.directory().startsWith("/")) {
            return directory;
        }
        String home = client.printWorkingDirectory();
        require(home != null);
        return home.replaceAll("/+$", "") + (directory.isEmpty() ? "" : "/" + directory);
    }

    /** Writes a file, in place of one that is there. What was written so far stays when it fails. */
    void store(String path, byte[] bytes) throws IOException {
        OutputStream data = client.storeFileStream(at(path));
        require(data != null);
        try (data) {
            line.write(data, bytes);
        } catch (IOException e) {
            // A server that breaks a transfer off says why
            require(client.completePendingCommand());
            throw e;
        }
        require(client.completePendingCommand());
    }

    /** The file's bytes; empty if it isn't there. */
    Optional<byte[]> retrieve(String path) throws IOException {
        var data = client.retrieveFileStream(at(path));
        if (data == null && client.getReplyCode() == NOT_THERE_OR_NOT_ALLOWED) {
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

    /** Whether an existing file of the new name is replaced or is in the way depends on the server. */
    void rename(String from, String to) throws IOException {
        require(client.rename(at(from), at(to)));
    }

    /** Afterwards the file isn't there. */
    void remove(String path) throws IOException {
        if (client.deleteFile(at(path))) {
            return;
        }
        // The answer to "not there" and to "not allowed" is the same
        var refusal = refusal();
        if (isThere(path)) {
            throw refusal;
        }
    }

    private boolean isThere(String path) throws IOException {
        client.getSize(at(path));
        return switch (client.getReplyCode()) {
            case FTPReply.FILE_STATUS -> true;
            case NOT_THERE_OR_NOT_ALLOWED -> false;
            default -> isListed(path);
        };
    }

    private boolean isListed(String path) throws IOException {
        int slash = path.lastIndexOf('/');
        return entries(slash < 0 ? "" : path.substring(0, slash)).stream()
                .anyMatch(entry -> entry.getName().equals(path.substring(slash + 1)));
    }

    /** Makes a folder and those above it; a refusal is left to whoever needs the folder. Returns those that were missing. */
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

    /** Removes a folder that {@link #makeFolders} named, if it is empty. */
    void removeFolder(String madePath) throws IOException {
        client.removeDirectory(madePath);
    }

    /** What a folder holds; nothing if it isn't there. Some servers name hidden files, some don't. */
    List<FTPFile> entries(String folder) throws IOException {
        // Entered first: a path with blanks or brackets would be taken for options or a pattern
        if (!client.changeWorkingDirectory(folder.isEmpty() && top.isEmpty() ? "/" : at(folder))) {
            if (client.getReplyCode() == NOT_THERE_OR_NOT_ALLOWED) {
                return List.of();
            }
            throw refusal();
        }
        try {
            FTPFile[] entries = client.listFiles();
            require(FTPReply.isPositiveCompletion(client.getReplyCode()));
            return Arrays.asList(entries);
        } catch (ParserInitializationException e) {
            throw new IOException("its listings are of a kind that nobody here can read", e);
        }
    }

    /** Says good-bye, and does not wait long for the answer. */
    void close() {
        try {
            client.setSoTimeout(LEAVING);
            client.quit();
        } catch (IOException e) {
            // It had left before us
        }
        disconnect();
    }

    /** Hangs up. */
    void disconnect() {
        try {
            client.disconnect();
        } catch (IOException e) {
            // Nothing is connected any more, which is what was wanted
        }
    }

    private String at(String path) {
        return path.isEmpty() ? top : top + "/" + path;
    }

    private void require(boolean positive) throws FtpReplyException {
        if (!positive) {
            throw refusal();
        }
    }

    private FtpReplyException refusal() {
        String[] reply = client.getReplyStrings();
        String last = reply == null || reply.length == 0 ? "no answer" : reply[reply.length - 1].strip();
        // No server should repeat the password, and none is trusted not to
        String password = settings.password().reveal();
        return new FtpReplyException(client.getReplyCode(), password.isEmpty() ? last : last.replace(password, "***"));
    }
}
