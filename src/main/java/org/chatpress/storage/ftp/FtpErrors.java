package org.chatpress.storage.ftp;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;
import org.chatpress.error.RemoteException;

/** Says who must act when an FTP server, or the way there, failed. */
final class FtpErrors {
    private FtpErrors() {}

    static RemoteException translate(String failed, String name, FtpSettings settings, IOException e) {
        if (e instanceof FtpReplyException refusal) {
            return refused(failed + ": " + refusal.getMessage(), name, settings, refusal);
        }
        if (e instanceof UnknownHostException) {
            return RemoteException.transientFailure(failed + ": cannot resolve host " + settings.host(), e);
        }
        if (has(CertificateException.class, e)) {
            return RemoteException.actionRequired(
                    failed + ": its certificate is not trusted: " + e.getMessage(),
                    "Check that the certificate of " + settings.host()
                            + " is current, bears that name, and comes from an authority that Java trusts.",
                    e);
        }
        if (e instanceof SSLException && !isBrokenOff(e)) {
            return RemoteException.actionRequired(
                    failed + ": no TLS: " + e.getMessage(),
                    "Check that the server offers TLS 1.2 in the way that tls says, and the port.",
                    e);
        }
        return RemoteException.transientFailure(failed + ": " + e.getMessage(), e);
    }

    private static RemoteException refused(
            String message, String name, FtpSettings settings, FtpReplyException refusal) {
        return switch (refusal.code()) {
            case 331, 332, 430, 530, 532 -> {
                String user = "Check the user and password of " + name + ".";
                String tls = " If they are right, the server may demand tls: explicit.";
                yield RemoteException.actionRequired(
                        message, settings.tls() == FtpSettings.Tls.NONE ? user + tls : user, refusal);
            }
            case 522 ->
                RemoteException.actionRequired(
                        message,
                        "Start Java with -Djdk.tls.client.enableSessionTicketExtension=false: the server wants TLS"
                                + " sessions resumed.",
                        refusal);
            case 550, 553 ->
                RemoteException.actionRequired(
                        message,
                        "Let user " + settings.user() + " write, rename and delete in "
                                + (settings.directory().isEmpty() ? "its home folder" : settings.directory())
                                + " of " + settings.host() + ".",
                        refusal);
            // The disk: full, or in trouble
            case 551, 552 -> RemoteException.transientFailure(message, refusal);
            default ->
                refusal.code() >= 500
                        ? RemoteException.actionRequired(
                                message, "Check the settings of " + name + " against what the server says.", refusal)
                        : RemoteException.transientFailure(message, refusal);
        };
    }

    /** A handshake that ends in the middle is the network's trouble, whatever its exception is called. */
    private static boolean isBrokenOff(IOException e) {
        return has(SocketException.class, e) || has(SocketTimeoutException.class, e) || has(EOFException.class, e);
    }

    private static boolean has(Class<? extends Throwable> kind, Throwable e) {
        return e != null && (kind.isInstance(e) || has(kind, e.getCause()));
    }
}
