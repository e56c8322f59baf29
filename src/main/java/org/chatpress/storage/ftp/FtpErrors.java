package org.chatpress.storage.ftp;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.util.Set;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.chatpress.error.ErrorMessages;
import org.chatpress.error.RemoteException;
import org.chatpress.storage.ftp.FtpConnection.DataConnectionException;
import org.chatpress.storage.ftp.FtpConnection.FtpReplyException;
import org.chatpress.storage.ftp.FtpConnection.NoGreetingException;
import org.chatpress.storage.ftp.FtpSettings.Tls;

/** Translates errors of an FTP server, or of the connection to it, into {@link RemoteException}s. */
final class FtpErrors {
    // proftpd: 550 SSL/TLS required. vsftpd: 530 ... must use encryption. pure-ftpd: 421 ... cleartext sessions.
    // FileZilla: 503 Use AUTH first. IIS: 534 Policy requires SSL.
    private static final Pattern REQUIRES_TLS =
            Pattern.compile("\\b(TLS|SSL|AUTH first|encryption|clear-?text)\\b", Pattern.CASE_INSENSITIVE);

    private static final Pattern DISK_FULL = Pattern.compile(
            "no space|quota|disk (is )?full|(insufficient|not enough) (disk|storage)", Pattern.CASE_INSENSITIVE);

    // vsftpd, when one of its processes is killed. Its other OOPS replies name an error of its configuration.
    private static final Pattern SESSION_KILLED = Pattern.compile("OOPS: (child died|priv_sock)");

    // 450: the file is in use. 501: IIS, of a name that it does not allow. 502: the command is switched off.
    // 550: most servers, of anything. 553: pure-ftpd, of a name; Apache FtpServer, of a file without permission.
    private static final Set<Integer> REFUSALS_OF_A_FILE = Set.of(450, 501, 502, 550, 553);

    private static final String CHECK_DATA_CONNECTION =
            "Check the server's passive ports and the firewalls: the login works, the data connection does not.";

    private FtpErrors() {}

    static RemoteException translate(String failed, String name, FtpSettings settings, IOException e) {
        String message = message(failed, e);
        if (e instanceof FtpReplyException reply) {
            return negativeReply(message, name, settings, reply);
        }
        if (e instanceof UnknownHostException) {
            return RemoteException.transientFailure(
                    failed + ": cannot resolve host " + settings.host(), "Check the host of " + name + ".", e);
        }
        if (e instanceof DataConnectionException) {
            return RemoteException.transientFailure(message, CHECK_DATA_CONNECTION, e);
        }
        if (e instanceof NoGreetingException && settings.tls() != Tls.IMPLICIT) {
            return RemoteException.transientFailure(
                    message, "Set tls: implicit if the server expects TLS on this port at once.", e);
        }
        if (e instanceof ConnectException || e instanceof NoRouteToHostException || isConnectTimeout(e)) {
            return RemoteException.transientFailure(
                    message, "Check the host and port of " + name + ", and the firewalls.", e);
        }
        if (hasCause(CertificateException.class, e)) {
            return RemoteException.actionRequired(
                    failed + ": certificate not trusted: " + e.getMessage(),
                    "Check that the certificate of " + settings.host()
                            + " is valid, names that host, and is signed by an authority that Java trusts.",
                    e);
        }
        if (e instanceof SSLException && !isConnectionLost(e)) {
            return RemoteException.actionRequired(
                    failed + ": TLS failed: " + e.getMessage(),
                    "Check the settings tls and port, and that the server offers TLS 1.2.",
                    e);
        }
        return RemoteException.transientFailure(message, e);
    }

    private static String message(String failed, IOException e) {
        return failed + ": " + ErrorMessages.describe(e).replaceFirst("\\.$", "");
    }

    /** Whether the server may have refused this one file only, because of its name or its permissions. */
    static boolean mayConcernOneFile(FtpSettings settings, IOException e) {
        return e instanceof FtpReplyException reply
                && REFUSALS_OF_A_FILE.contains(reply.code())
                && !matches(DISK_FULL, reply)
                && !(settings.tls() == Tls.NONE && matches(REQUIRES_TLS, reply));
    }

    /** The failure of a command for one file, which nothing else waits for. */
    static RemoteException rejected(String failed, String action, FtpSettings settings, String rest, IOException e) {
        String hint = "Allow user " + settings.user() + " to " + action + " this file on " + settings.host() + rest;
        return RemoteException.rejected(message(failed, e), hint, e);
    }

    private static RemoteException negativeReply(
            String message, String name, FtpSettings settings, FtpReplyException reply) {
        if (settings.tls() == Tls.NONE && matches(REQUIRES_TLS, reply)) {
            return RemoteException.actionRequired(message, "Set tls: explicit. The server requires TLS.", reply);
        }
        if (matches(DISK_FULL, reply)) {
            return diskFull(message, settings, reply);
        }
        if (matches(SESSION_KILLED, reply)) {
            return RemoteException.transientFailure(message, reply);
        }
        return switch (reply.code()) {
            case 331, 332, 430, 530, 532 -> {
                String user = "Check the user and password of " + name + ".";
                String tls = " If they are correct, the server may require tls: explicit.";
                yield RemoteException.actionRequired(message, settings.tls() == Tls.NONE ? user + tls : user, reply);
            }
            case 425 -> RemoteException.transientFailure(message, CHECK_DATA_CONNECTION, reply);
            // Most servers do not say why they failed to write
            case 451, 452, 551, 552 -> diskFull(message, settings, reply);
            case 522 ->
                RemoteException.actionRequired(
                        message,
                        "Start Java with -Djdk.tls.client.enableSessionTicketExtension=false: the server requires TLS"
                                + " session reuse.",
                        reply);
            case 550, 553 ->
                RemoteException.actionRequired(
                        message,
                        "Allow user " + settings.user() + " to write, rename and delete in "
                                + (settings.directory().isEmpty() ? "the home folder" : settings.directory())
                                + " on " + settings.host() + ".",
                        reply);
            default ->
                reply.code() >= 500
                        ? RemoteException.actionRequired(
                                message, "Compare the settings of " + name + " with the server's reply.", reply)
                        : RemoteException.transientFailure(message, reply);
        };
    }

    private static RemoteException diskFull(String message, FtpSettings settings, FtpReplyException reply) {
        return RemoteException.transientFailure(
                message,
                "Check the free disk space of " + settings.host() + " and the quota of user " + settings.user() + ".",
                reply);
    }

    private static boolean matches(Pattern pattern, FtpReplyException reply) {
        return pattern.matcher(reply.getMessage()).find();
    }

    /** Whether the server was silent for too long, so that another attempt would take as long. */
    static boolean isTimeout(IOException e) {
        return hasCause(SocketTimeoutException.class, e);
    }

    private static boolean isConnectTimeout(IOException e) {
        return e instanceof SocketTimeoutException && "Connect timed out".equals(e.getMessage());
    }

    /** Whether the network failed during the TLS handshake, which Java also reports as an SSLException. */
    private static boolean isConnectionLost(IOException e) {
        return hasCause(SocketException.class, e)
                || hasCause(SocketTimeoutException.class, e)
                || hasCause(EOFException.class, e);
    }

    private static boolean hasCause(Class<? extends Throwable> kind, Throwable e) {
        return e != null && (kind.isInstance(e) || hasCause(kind, e.getCause()));
    }
}
