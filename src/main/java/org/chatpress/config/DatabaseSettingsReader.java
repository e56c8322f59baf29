package org.chatpress.config;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.chatpress.config.ConfigNode.Section;
import org.chatpress.config.DatabaseSettings.PostgresqlServer;
import org.chatpress.config.DatabaseSettings.PostgresqlServer.Tls;
import org.chatpress.config.DatabaseSettings.SqliteFile;
import org.chatpress.model.Secret;

/** Reads the database: the path of a file, or a section {@code postgresql}. */
final class DatabaseSettingsReader {
    private static final SqliteFile DEFAULT = new SqliteFile(Path.of("data/chatpress.db"));
    private static final Pattern HOSTS = Pattern.compile("[A-Za-z0-9._-]+(,[A-Za-z0-9._-]+)*");
    private static final Pattern SCHEMA = Pattern.compile("[a-z_][a-z0-9_]{0,62}");

    private DatabaseSettingsReader() {}

    static DatabaseSettings read(ConfigNode node) {
        if (!node.isSection()) {
            return node.<DatabaseSettings>read(value -> new SqliteFile(ValueParsers.databasePath(value)), DEFAULT);
        }
        Section section = node.section();
        ConfigNode postgresql = section.get("postgresql");
        section.rejectUnknownKeys();
        if (!postgresql.isPresent()) {
            node.problem("no database: write the path of a file, or a section postgresql");
            return DEFAULT;
        }
        return server(postgresql.section());
    }

    private static DatabaseSettings server(Section section) {
        String host = section.get("host")
                .required(
                        ValueParsers.matching(HOSTS, "host", "write only the host name, such as db.internal"),
                        "write the host name of the server");
        int port = section.get("port")
                .read(ValueParsers::port, OptionalInt.empty())
                .orElse(PostgresqlServer.DEFAULT_PORT);
        String name = section.get("name").required(ValueParsers::nonEmptyText, "write the name of the database");
        String user = section.get("user").required(ValueParsers::nonEmptyText, "write the user's name");
        Secret password =
                section.get("password").required(ValueParsers::secret, "write a variable, such as \"${DB_PASSWORD}\"");
        String schema = section.get("schema")
                .read(
                        ValueParsers.matching(SCHEMA, "schema", "use lowercase letters, digits and underscores"),
                        PostgresqlServer.DEFAULT_SCHEMA);
        Tls tls = section.get("tls").read(ValueParsers.oneOf(Tls.class), Tls.VERIFY_FULL);
        Optional<Path> certificates = section.get("certificates").optional(ValueParsers::path);
        section.rejectUnknownKeys();
        return host == null || name == null || user == null || password == null
                ? DEFAULT
                : new PostgresqlServer(host, port, name, user, password, schema, tls, certificates);
    }
}
