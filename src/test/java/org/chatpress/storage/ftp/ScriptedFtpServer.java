package org.chatpress.storage.ftp;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.chatpress.model.Secret;
import org.chatpress.storage.Storage;
import org.chatpress.storage.ftp.FtpSettings.Tls;

/** An FTP server on a free port of this machine that accepts every command, except those to which the test
 * wants another reply, and never responds to TLS. */
final class ScriptedFtpServer implements Closeable {
    /** The reply that never comes. */
    static final String SILENCE = "";

    /** The key of the reply to a new connection. */
    static final String GREETING = "greeting";

    /** The key of what a listing contains. */
    static final String LISTING = "listing";

    /** The key of the reply after an upload. */
    static final String UPLOADED = "uploaded";

    private final ServerSocket control = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final ServerSocket data = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<Socket> held = new CopyOnWriteArrayList<>();
    private final Map<String, String> replies = new HashMap<>(Map.of(
            GREETING,
            "220 hello",
            "USER",
            "331 and the password?",
            "PASS",
            "230 come in",
            "SYST",
            "215 UNIX Type: L8",
            "EPSV",
            "500 what?",
            "SIZE",
            "550 no such file",
            "RNFR",
            "350 to what?",
            "STOR",
            "150 send it",
            UPLOADED,
            "226 stored"));
    private final AtomicInteger connections = new AtomicInteger();
    private boolean readsUploads = true;

    ScriptedFtpServer() throws IOException {
        int port = data.getLocalPort();
        replies.put("PASV", "227 there (127,0,0,1,%d,%d)".formatted(port / 256, port % 256));
    }

    ScriptedFtpServer start() {
        start(() -> {
            while (true) {
                Socket client = control.accept();
                connections.incrementAndGet();
                held.add(client);
                start(() -> serve(client));
            }
        });
        return this;
    }

    /**
     * Replies to a command like this, with its argument or without; after 421 and OOPS it closes the connection. Lines end
     * with {@code \n}.
     */
    ScriptedFtpServer reply(String command, String reply) {
        replies.put(command, reply);
        return this;
    }

    /** Accepts the data connection for a file, and reads nothing from it. */
    ScriptedFtpServer readsNoUploads() {
        readsUploads = false;
        return this;
    }

    /** How many connections it has accepted for commands. */
    int connections() {
        return connections.get();
    }

    FtpSettings settings(Tls tls) {
        return new FtpSettings(
                "127.0.0.1", OptionalInt.of(control.getLocalPort()), "chats", new Secret("horse"), "/w", tls);
    }

    /** A storage on this server that waits a second for it. */
    Storage storage(Tls tls) {
        return new FtpStorage(settings(tls), FtpStorage::defaultSslContext, Duration.ofSeconds(1));
    }

    private void serve(Socket client) throws IOException {
        var in = new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
        reply(client, replies.get(GREETING));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String command = line.split(" ", -1)[0];
            boolean isTls = !command.matches("[A-Z]{3,4}");
            String answer = replies.getOrDefault(line, replies.getOrDefault(command, "200 as you like"));
            reply(client, isTls ? SILENCE : answer);
            if (command.equals("LIST") && answer.startsWith("150")) {
                try (Socket listing = data.accept()) {
                    reply(listing, replies.get(LISTING));
                }
                reply(client, "226 listed");
            }
            if (command.equals("STOR") && answer.startsWith("150")) {
                Socket upload = data.accept();
                held.add(upload);
                if (readsUploads) {
                    upload.getInputStream().readAllBytes();
                    reply(client, replies.get(UPLOADED));
                }
            }
        }
    }

    private static void reply(Socket client, String reply) throws IOException {
        if (!reply.equals(SILENCE)) {
            String lines = reply.replace("\n", "\r\n") + "\r\n";
            client.getOutputStream().write(lines.getBytes(StandardCharsets.UTF_8));
        }
        if (reply.startsWith("421") || reply.contains("OOPS")) {
            client.close();
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void start(Work work) {
        var thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                // It was closed
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        control.close();
        data.close();
        for (Socket socket : held) {
            socket.close();
        }
    }
}
