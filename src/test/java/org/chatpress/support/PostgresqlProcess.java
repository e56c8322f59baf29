package org.chatpress.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.chatpress.config.DatabaseSettings.PostgresqlServer;
import org.chatpress.config.DatabaseSettings.PostgresqlServer.Tls;
import org.chatpress.model.Secret;

/** A PostgreSQL server in a folder and on a port of its own; as root, it runs as an unprivileged user. */
public final class PostgresqlProcess implements AutoCloseable {
    private static final String USER = "chatpress";
    private static final int UNPRIVILEGED = 65534;

    /** Faster; the data survives the end of the server, but not of the machine. */
    private static final String NOT_CRASH_SAFE = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off";

    private static Optional<PostgresqlProcess> shared = Optional.empty();

    private final Path binaries;
    private final Path folder;
    private final String host;
    private final int port;
    private final String options;

    private PostgresqlProcess(Path binaries, Path folder, String host, int port, String options) {
        this.binaries = binaries;
        this.folder = folder;
        this.host = host;
        this.port = port;
        this.options = options;
    }

    /** The server for all tests of this process that need no server of their own; skips the test as {@link #start}. */
    public static synchronized PostgresqlProcess shared() {
        if (shared.isEmpty()) {
            PostgresqlProcess server = start();
            Runtime.getRuntime().addShutdownHook(new Thread(server::close));
            shared = Optional.of(server);
        }
        return shared.get();
    }

    /** Starts a server; where there is none, skips the test, but fails in CI. */
    public static PostgresqlProcess start() {
        return start(NOT_CRASH_SAFE);
    }

    /** Starts a server with the options of PostgreSQL, for figures. */
    public static PostgresqlProcess startCrashSafe() {
        return start("");
    }

    private static PostgresqlProcess start(String options) {
        Optional<Path> binaries = binaries();
        if (System.getenv("CI") != null) {
            assertThat(binaries).as("CI has Debian's postgresql").isPresent();
        }
        assumeTrue(binaries.isPresent(), "skipped: there is no PostgreSQL server in /usr/lib/postgresql");
        try {
            var server = new PostgresqlProcess(binaries.get(), folder(), "127.0.0.1", freePort(), options);
            server.run(
                    "initdb", "-D", server.data(), "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync");
            server.startAgain();
            server.execute("CREATE DATABASE chatpress");
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Starts a replica at the address 127.0.0.2 and the same port. From now on a commit of this server waits until the
     * replica has it.
     */
    public PostgresqlProcess replica() {
        try {
            var replica = new PostgresqlProcess(binaries, folder(), "127.0.0.2", port, options);
            replica.run(
                    "pg_basebackup",
                    "-h",
                    host,
                    "-p",
                    "" + port,
                    "-U",
                    USER,
                    "-D",
                    replica.data(),
                    "--write-recovery-conf",
                    "--checkpoint=fast",
                    "--no-sync");
            replica.startAgain();
            execute("ALTER SYSTEM SET synchronous_standby_names = '*'");
            execute("ALTER ROLE " + USER + " SET synchronous_commit = on");
            execute("SELECT pg_reload_conf()");
            return replica;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes a server of a replica. */
    public void promote() {
        run("pg_ctl", "-D", data(), "-w", "promote");
    }

    /** Starts the stopped server. */
    public void startAgain() {
        run(
                "pg_ctl",
                "-D",
                data(),
                "-w",
                "-l",
                folder.resolve("log").toString(),
                "-o",
                "-p " + port + " -c listen_addresses=" + host + " -c unix_socket_directories=" + folder
                        + " -c max_connections=200 -c shared_buffers=32MB " + options,
                "start");
    }

    /** @param mode smart, fast or immediate */
    public void stop(String mode) {
        run("pg_ctl", "-D", data(), "-w", "-m", mode, "stop");
    }

    public int port() {
        return port;
    }

    /** A schema of the server, in its database chatpress. */
    public PostgresqlServer settings(String schema) {
        return settings(host, port, schema);
    }

    /** The same through another port, such as that of a proxy. */
    public static PostgresqlServer settings(int port, String schema) {
        return settings("127.0.0.1", port, schema);
    }

    private static PostgresqlServer settings(String host, int port, String schema) {
        return new PostgresqlServer(
                host, port, "chatpress", USER, new Secret("none"), schema, Tls.NONE, Optional.empty());
    }

    /** The value of {@code database} in channels.yml for {@link #settings}. */
    public static String yaml(int port, String schema) {
        return yaml("127.0.0.1", port, schema);
    }

    /** @param hosts separated by commas */
    public static String yaml(String hosts, int port, String schema) {
        return "{postgresql: {host: \"%s\", port: %d, name: chatpress, user: %s, password: none, schema: %s, tls: none}}"
                .formatted(hosts, port, USER, schema);
    }

    /** Runs a statement in the database postgres, as its owner. */
    public void execute(String sql) {
        execute("postgres", sql);
    }

    public void execute(String database, String sql) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    public Connection connect(String database) throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://" + host + ":" + port + "/" + database, USER, "");
    }

    @Override
    public void close() {
        if (Files.exists(Path.of(data(), "postmaster.pid"))) {
            stop("immediate");
        }
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path folder() throws IOException {
        Path folder = Files.createTempDirectory("chatpress-postgresql");
        return Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    }

    private String data() {
        return folder.resolve("data").toString();
    }

    private void run(String program, String... arguments) {
        var command = new ArrayList<String>();
        if (System.getProperty("user.name").equals("root")) {
            command.addAll(List.of("setpriv", "--reuid=" + UNPRIVILEGED, "--regid=" + UNPRIVILEGED, "--clear-groups"));
        }
        command.add(binaries.resolve(program).toString());
        command.addAll(List.of(arguments));
        try {
            Path output = folder.resolve(program + ".out");
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .directory(folder.toFile())
                    .start();
            assertThat(process.waitFor(60, TimeUnit.SECONDS))
                    .as("%s ends", program)
                    .isTrue();
            assertThat(process.exitValue()).as(Files.readString(output)).isZero();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The newest version that is installed. */
    private static Optional<Path> binaries() {
        Path versions = Path.of("/usr/lib/postgresql");
        if (!Files.isDirectory(versions)) {
            return Optional.empty();
        }
        try (Stream<Path> found = Files.list(versions)) {
            return found.map(version -> version.resolve("bin"))
                    .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
                    .max(Comparator.naturalOrder());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
