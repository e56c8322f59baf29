package org.chatpress.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.chatpress.config.ConfigNode.Section;
import org.chatpress.model.Secret;
import org.chatpress.purge.PurgeSettings;
import org.chatpress.storage.DirectorySettings;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage.StorageSettings;
import org.chatpress.storage.ftp.FtpSettings;
import org.chatpress.storage.ftp.FtpSettings.Tls;
import org.chatpress.storage.s3.S3Settings;

/** Reads a storage: a section with exactly one of {@code directory}, {@code s3} and {@code ftp}. */
final class StorageSettingsReader {
    private static final Pattern BUCKET = Pattern.compile("(?!.*\\.\\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._-]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]+");

    private StorageSettingsReader() {}

    /**
     * An entry of {@code publish}.
     *
     * @param purge the CDN in front of the storage, if it can be purged
     */
    record PublishedStorage(StorageSettings storage, Optional<PurgeSettings> purge) {}

    /** Reads an entry of {@code publish}; empty if there is a problem. */
    static Optional<PublishedStorage> readPublished(ConfigNode node) {
        Section section = node.section();
        Optional<PurgeSettings> purge = PurgeSettingsReader.read(section.get("purge"));
        return read(node, section).map(storage -> new PublishedStorage(storage, purge));
    }

    /** Reads a storage that no CDN is in front of; empty if there is a problem. */
    static Optional<StorageSettings> read(ConfigNode node) {
        return read(node, node.section());
    }

    private static Optional<StorageSettings> read(ConfigNode node, Section section) {
        ConfigNode directory = section.get("directory");
        ConfigNode s3 = section.get("s3");
        ConfigNode ftp = section.get("ftp");
        section.rejectUnknownKeys();

        List<ConfigNode> kinds =
                Stream.of(directory, s3, ftp).filter(ConfigNode::isPresent).toList();
        if (kinds.size() != 1) {
            if (!section.isInvalid()) {
                node.problem((kinds.isEmpty() ? "no storage" : "more than one storage")
                        + ": write exactly one of directory, s3 and ftp");
            }
            return Optional.empty();
        }
        if (s3.isPresent()) {
            return s3(s3.section());
        }
        return ftp.isPresent() ? ftp(ftp.section()) : directory.optional(StorageSettingsReader::directory);
    }

    /** Where the files are written. Equal for settings that differ only in how they write there. */
    static String destination(StorageSettings settings) {
        if (settings instanceof S3Settings s3) {
            return "s3 " + s3.endpoint().map(URI::getRawAuthority) + "/" + s3.bucket() + "/" + s3.prefix();
        }
        if (settings instanceof FtpSettings ftp) {
            String folder = ftp.directory().replaceAll("^/+|/+$", "");
            return "ftp " + ftp.user() + "@" + ftp.host() + ":" + ftp.port() + "/" + folder;
        }
        return "directory " + absolute(((DirectorySettings) settings).directory());
    }

    static Path absolute(Path path) {
        return path.toAbsolutePath().normalize();
    }

    private static StorageSettings directory(ConfigNode value) {
        return new DirectorySettings(ValueParsers.path(value));
    }

    private static Optional<StorageSettings> s3(Section s3) {
        String bucket = s3.get("bucket")
                .required(
                        ValueParsers.matching(
                                BUCKET,
                                "bucket name",
                                "use 3 to 63 lowercase letters, digits, dots and hyphens; write folders into prefix"),
                        "write the bucket's name");
        String prefix = s3.get("prefix").read(StorageSettingsReader::prefix, "");
        Optional<String> region = s3.get("region").optional(ValueParsers::nonEmptyText);
        Optional<URI> endpoint = s3.get("endpoint").optional(ValueParsers::url);
        // S3-compatible servers rarely have a host name for each bucket.
        boolean pathStyle = s3.get("path-style").read(ValueParsers::flag, endpoint.isPresent());
        boolean gzip = s3.get("gzip").read(ValueParsers::flag, false);
        s3.rejectUnknownKeys();
        return bucket == null
                ? Optional.empty()
                : Optional.of(new S3Settings(bucket, prefix, region, endpoint, pathStyle, gzip));
    }

    private static Optional<StorageSettings> ftp(Section ftp) {
        String host = ftp.get("host")
                .required(
                        ValueParsers.matching(HOST, "host", "write only the host name, such as web.example"),
                        "write the host name, such as web.example");
        OptionalInt port = ftp.get("port").read(ValueParsers::port, OptionalInt.empty());
        String user = ftp.get("user").required(ValueParsers::nonEmptyText, "write the FTP user name");
        Secret password =
                ftp.get("password").required(ValueParsers::secret, "write a variable, such as \"${FTP_PASSWORD}\"");
        String directory = ftp.get("directory").read(StorageSettingsReader::serverPath, "");
        Tls tls = ftp.get("tls").read(ValueParsers.oneOf(Tls.class), Tls.EXPLICIT);
        ftp.rejectUnknownKeys();
        return host == null || user == null || password == null
                ? Optional.empty()
                : Optional.of(new FtpSettings(host, port, user, password, directory, tls));
    }

    private static String prefix(ConfigNode value) {
        String prefix = value.text().replaceAll("^/+|/+$", "");
        if (!prefix.isEmpty() && !ObjectKey.isValid(prefix)) {
            throw value.invalid("prefix", "use letters, digits, dots, hyphens and underscores, with / between folders");
        }
        return prefix;
    }

    private static String serverPath(ConfigNode value) {
        String path = ValueParsers.nonEmptyText(value);
        if (List.of(path.split("/")).contains("..")) {
            throw value.invalid("path", "write it without ..");
        }
        return path;
    }
}
