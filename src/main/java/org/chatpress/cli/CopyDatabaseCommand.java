package org.chatpress.cli;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.chatpress.config.DatabaseSettings;
import org.chatpress.config.DatabaseSettings.PostgresqlServer;
import org.chatpress.config.DatabaseSettings.PostgresqlServer.Tls;
import org.chatpress.config.DatabaseSettings.SqliteFile;
import org.chatpress.error.StoreException;
import org.chatpress.model.Secret;
import org.chatpress.store.Store;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Copies the database of the settings to another place, and so from SQLite to PostgreSQL or back. */
@Command(
        name = "copy-database",
        description = {
            "Copies the database to PostgreSQL or a file: chatpress copy-database --to copy.db",
            "No process may use either. --to postgresql://user@host:port/name reads the password from the",
            "environment variable PGPASSWORD; ?schema=NAME, &tls=require or &certificates=FILE may follow."
        })
final class CopyDatabaseCommand extends Verb {
    private static final String SCHEME = "postgresql";

    @Option(names = "--to", required = true, paramLabel = "DATABASE", description = "a postgresql:// URL or a file")
    private String to;

    @Override
    public Integer call() {
        DatabaseSettings from = readSettings().database();
        DatabaseSettings target = to.startsWith(SCHEME + ":") ? server(to) : new SqliteFile(Path.of(to));
        if (from instanceof SqliteFile sqlite && !Files.exists(sqlite.path())) {
            throw new StoreException("there is no database " + from, "Check database in the settings.", null);
        }
        // Both are locked until the copy has ended, so that no process writes to either.
        try (Store source = Store.open(from, Application.lockHolder("copy-database", from));
                Store copy = Store.open(target, Application.lockHolder("copy-database", target))) {
            if (!copy.channels().all().isEmpty()) {
                throw new StoreException(
                        "database " + target + " has channels already",
                        "Name an empty one: delete the file, or drop the schema.",
                        null);
            }
            Map<String, Long> rows = source.copyTo(copy);
            rows.forEach((table, count) -> out().printf("%-20s %d%n", table, count));
            out().printf("copied %s to %s; write the new one into the settings%n", from, target);
            return ChatpressCommand.OK;
        }
    }

    private PostgresqlServer server(String text) {
        try {
            var url = new URI(text);
            String user = Optional.ofNullable(url.getUserInfo()).orElse("");
            String name = url.getPath().replaceFirst("^/", "");
            if (url.getHost() == null || user.isEmpty() || user.contains(":") || name.isEmpty()) {
                throw usageError(
                        "Write the database as postgresql://user@host:port/name, and its password into PGPASSWORD.");
            }
            Optional<String> tls = parameter(url, "tls");
            return new PostgresqlServer(
                    url.getHost(),
                    url.getPort() < 0 ? PostgresqlServer.DEFAULT_PORT : url.getPort(),
                    name,
                    user,
                    new Secret(Application.environment().getOrDefault("PGPASSWORD", "")),
                    parameter(url, "schema").orElse(PostgresqlServer.DEFAULT_SCHEMA),
                    tls.map(this::tls).orElse(Tls.VERIFY_FULL),
                    parameter(url, "certificates").map(Path::of));
        } catch (URISyntaxException e) {
            throw usageError("Write the database as postgresql://user@host:port/name.");
        }
    }

    private Tls tls(String name) {
        return switch (name) {
            case "verify-full" -> Tls.VERIFY_FULL;
            case "require" -> Tls.REQUIRE;
            case "none" -> Tls.NONE;
            default -> throw usageError("Write tls=verify-full, tls=require or tls=none.");
        };
    }

    private static Optional<String> parameter(URI url, String name) {
        String query = Optional.ofNullable(url.getQuery()).orElse("");
        for (String parameter : query.split("&", -1)) {
            if (parameter.startsWith(name + "=")) {
                return Optional.of(parameter.substring(name.length() + 1));
            }
        }
        return Optional.empty();
    }
}
