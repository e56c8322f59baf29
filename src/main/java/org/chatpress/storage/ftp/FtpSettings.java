package org.chatpress.storage.ftp;

import java.util.OptionalInt;
import org.chatpress.model.Secret;
import org.chatpress.storage.Storage;
import org.chatpress.storage.Storage.StorageSettings;

/**
 * A folder of an FTP server.
 *
 * @param port empty: 21, or 990 for implicit TLS
 * @param directory the folder in which all keys are: absolute, or relative to the home folder
 */
public record FtpSettings(String host, OptionalInt port, String user, Secret password, String directory, Tls tls)
        implements StorageSettings {
    public FtpSettings {
        if (hasControlCharacter(host) || hasControlCharacter(user) || hasControlCharacter(directory)) {
            throw new IllegalArgumentException(
                    "the host, user or directory of an FTP storage contains a control character");
        }
        if (hasControlCharacter(password.reveal())) {
            throw new IllegalArgumentException("the password of an FTP storage contains a control character");
        }
    }

    /** FTP over TLS. */
    public enum Tls {
        NONE,
        EXPLICIT,
        IMPLICIT
    }

    @Override
    public Storage storage() {
        return new FtpStorage(this);
    }

    /** The host for a URL: an IPv6 address in brackets. */
    static String bracketed(String host) {
        return host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
    }

    // A line break would end the FTP command, and the rest would be sent as the next one
    private static boolean hasControlCharacter(String text) {
        return text.chars().anyMatch(Character::isISOControl);
    }
}
