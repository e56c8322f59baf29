package org.chatpress.storage.ftp;

import java.util.OptionalInt;
import org.chatpress.model.Secret;
import org.chatpress.storage.Storage;
import org.chatpress.storage.StorageSettings;

/**
 * An FTP server's folder.
 *
 * @param port empty: 21, or 990 for implicit TLS
 * @param directory the folder that is the storage's top, as the server names it
 */
public record FtpSettings(String host, OptionalInt port, String user, Secret password, String directory, Tls tls)
        implements StorageSettings {
    public FtpSettings {
        if (holdsControls(host) || holdsControls(user) || holdsControls(directory)) {
            throw new IllegalArgumentException("a control character in the host, user or directory of an FTP storage");
        }
        if (holdsControls(password.reveal())) {
            throw new IllegalArgumentException("a control character in the password of an FTP storage");
        }
    }

    /** How the connection is protected. */
    public enum Tls {
        NONE,
        EXPLICIT,
        IMPLICIT
    }

    @Override
    public Storage storage() {
        return new FtpStorage(this);
    }

    // A line break would end the command, and what follows it would be the next one
    private static boolean holdsControls(String text) {
        return text.chars().anyMatch(Character::isISOControl);
    }
}
