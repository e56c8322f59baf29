package org.chatpress.storage.ftp;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;
import org.chatpress.error.RemoteException;
import org.chatpress.storage.ftp.FtpConnection.FtpReplyException;

/** Translates errors of an FTP server, or of the connection to it, into {@link RemoteException}s. */
final class FtpErrors {
    private FtpErrors() {}

    static RemoteException translate(String failed, String name, FtpSettings settings, IOException e) {
        if (e instanceof FtpReplyException reply) {
            return negativeReply(failed + ": " + reply.getMessage(), name, settings, reply);
        }
        if (e instanceof UnknownHostException) {
            return RemoteException.transientFailure(failed + ": cannot resolve host " + settings.host(), e);
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
        return RemoteException.transientFailure(failed + ": " + e.getMessage(), e);
    }

    private static RemoteException negativeReply(
            String message, String name, FtpSettings settings, FtpReplyException reply) {
        return switch (reply.code()) {
            case 331, 332, 430, 530, 532 -> {
                String user = "Check the user and password of " + name + ".";
                String tls = " If they are correct, the server may require tls: explicit.";
                yield RemoteException.actionRequired(
                        message, settings.tls() == FtpSettings.Tls.NONE ? user + tls : user, reply);
            }
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
            // The disk is full or failing
            case 551, 552 -> RemoteException.transientFailure(message, reply);
            default ->
                reply.code() >= 500
                        ? RemoteException.actionRequired(
                                message, "Compare the settings of " + name + " with the server's reply.", reply)
                        : RemoteException.transientFailure(message, reply);
        };
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
