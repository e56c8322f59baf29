package org.chatpress.storage;

import java.util.OptionalInt;
import org.chatpress.model.Secret;

/**
 * An FTP server's folder.
 *
 * @param port empty: 21, or 990 for implicit TLS
 * @param directory the folder that is the storage's top, as the server names it
 */
public record FtpSettings(String host, OptionalInt port, String user, Secret password, String directory, Tls tls)
        implements StorageSettings {
    /** How the connection is protected. */
    public enum Tls {
        NONE,
        EXPLICIT,
        IMPLICIT
    }

    @Override
    public Storage storage() {
        throw new UnsupportedOperationException("made with the adapter");
    }
}
