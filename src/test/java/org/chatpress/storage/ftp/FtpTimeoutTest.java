package org.chatpress.storage.ftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.chatpress.storage.StorageContract.KEY;
import static org.chatpress.storage.StorageContract.object;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.chatpress.error.RemoteException;
import org.chatpress.model.Secret;
import org.junit.jupiter.api.Test;

/** A server that accepts the data connection for a file, and then reads nothing from it. */
class FtpTimeoutTest {
    @Test
    void givesUpOnAServerThatDoesNotRead() throws IOException {
        try (var server = new SilentServer()) {
            var settings = new FtpSettings(
                    "127.0.0.1", OptionalInt.of(server.port()), "chats", new Secret("x"), "/w", FtpSettings.Tls.NONE);
            var storage = new FtpStorage(settings, () -> null, Duration.ofSeconds(1));

            CompletableFuture<Void> put =
                    CompletableFuture.runAsync(() -> storage.put(object(KEY, new byte[30_000_000])));

            assertThatThrownBy(() -> put.get(60, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOfSatisfying(
                            RemoteException.class,
                            failure -> assertThat(failure.kind()).isEqualTo(RemoteException.Kind.TRANSIENT));
        }
    }

    private static final class SilentServer implements Closeable {
        private final ServerSocket control = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final ServerSocket data = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final List<Socket> held = new CopyOnWriteArrayList<>();

        SilentServer() throws IOException {
            start(() -> {
                while (true) {
                    Socket client = control.accept();
                    held.add(client);
                    start(() -> serve(client));
                }
            });
        }

        int port() {
            return control.getLocalPort();
        }

        private void serve(Socket client) throws IOException {
            var in = new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
            reply(client, "220 hello");
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                int port = data.getLocalPort();
                reply(
                        client,
                        switch (line.split(" ", -1)[0]) {
                            case "USER" -> "331 and the password?";
                            case "PASS" -> "230 come in";
                            case "PASV" -> "227 there (127,0,0,1,%d,%d)".formatted(port / 256, port % 256);
                            case "EPSV" -> "500 what?";
                            case "STOR" -> "150 send it";
                            default -> "200 as you like";
                        });
                if (line.startsWith("STOR")) {
                    held.add(data.accept());
                }
            }
        }

        private static void reply(Socket client, String response) throws IOException {
            client.getOutputStream().write((response + "\r\n").getBytes(StandardCharsets.UTF_8));
        }

        private interface Work {
            void run() throws IOException;
        }

        private static void start(Work work) {
            var thread = new Thread(() -> {
                try {
                    work.run();
                } catch (IOException e) {
                    // It was closed.
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
}
