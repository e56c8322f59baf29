package org.chatpress.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** A server of others, such as nginx, as a process of its own on 127.0.0.1. */
public final class ServerProcess implements AutoCloseable {
    public static final Path NGINX = Path.of("/usr/sbin/nginx");
    public static final Path VARNISHD = Path.of("/usr/sbin/varnishd");

    private final Process process;

    private ServerProcess(Process process) {
        this.process = process;
    }

    /** Skips the test where the program is not installed; in CI it must be. */
    public static void isNeeded(Path program) {
        boolean isInstalled = Files.isExecutable(program);
        if (System.getenv("CI") != null) {
            assertThat(isInstalled).as("%s is installed in CI", program).isTrue();
        }
        assumeTrue(isInstalled, "skipped: " + program + " is not installed");
    }

    public static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /**
     * Starts nginx.
     *
     * @param port one that it listens on
     * @param http directives for its section http, with a server for each port
     */
    public static ServerProcess nginx(Path folder, int port, String http) throws Exception {
        isNeeded(NGINX);
        Path conf = Files.writeString(folder.resolve("nginx-test.conf"), """
                daemon off;
                worker_processes 1;
                pid %1$s/nginx.pid;
                error_log %1$s/error.log;
                events {}
                http {
                    access_log off;
                    client_body_temp_path %1$s/body;
                    proxy_temp_path %1$s/proxy;
                    fastcgi_temp_path %1$s/fastcgi;
                    uwsgi_temp_path %1$s/uwsgi;
                    scgi_temp_path %1$s/scgi;
                    %2$s
                }
                """.formatted(folder, http));
        return start(folder, port, NGINX.toString(), "-p", folder.toString(), "-c", conf.toString());
    }

    /**
     * Starts Varnish with the rules of examples/varnish.
     *
     * @param origin the port of the server that it fetches from
     * @param rules more of them; may be empty
     */
    public static ServerProcess varnish(Path folder, int port, int origin, String rules) throws Exception {
        isNeeded(VARNISHD);
        Path vcl = Files.writeString(folder.resolve("test.vcl"), """
                vcl 4.1;
                include "%s";
                backend default { .host = "127.0.0.1"; .port = "%d"; }
                %s
                """.formatted(
                        Path.of("examples/varnish/purge.vcl").toAbsolutePath(), origin, rules));
        return start(
                folder,
                port,
                VARNISHD.toString(),
                "-j",
                "none",
                "-n",
                folder.resolve("varnish").toString(),
                "-F",
                "-a",
                "127.0.0.1:" + port,
                "-f",
                vcl.toString(),
                "-s",
                "malloc,20m");
    }

    /** Starts a server; its output is kept in the folder. */
    public static ServerProcess start(Path folder, int port, String... command) throws Exception {
        Path output = folder.resolve(Path.of(command[0]).getFileName() + ".txt");
        return start(new ProcessBuilder(command).redirectErrorStream(true), output, port);
    }

    /** Starts a server; returns once it accepts connections. */
    public static ServerProcess start(ProcessBuilder builder, Path output, int port) throws Exception {
        var server = new ServerProcess(builder.redirectOutput(output.toFile()).start());
        Instant deadline = Instant.now().plus(Duration.ofSeconds(60));
        while (!accepts(port)) {
            if (!server.process.isAlive() || Instant.now().isAfter(deadline)) {
                server.close();
                throw new AssertionError(builder.command() + ": " + Files.readString(output));
            }
            Thread.sleep(20);
        }
        return server;
    }

    private static boolean accepts(int port) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        process.waitFor();
    }
}
