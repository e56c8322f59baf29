package org.chatpress.storage.ftp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Collections;
import java.util.OptionalInt;
import javax.net.ssl.SSLContext;
import org.chatpress.error.RemoteException;
import org.chatpress.error.RemoteException.Kind;
import org.chatpress.model.Secret;
import org.chatpress.storage.Storage;
import org.chatpress.storage.ftp.FtpSettings.Tls;
import org.chatpress.support.FtpServerInProcess;
import org.chatpress.support.TestCertificate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What TLS adds: a server without a trusted certificate receives neither the password nor files. */
abstract class FtpsContract extends FtpContract {
    @TempDir
    static Path certificates;

    private static TestCertificate certificate;
    private static TestCertificate ofAnotherHost;
    private static TestCertificate expired;

    abstract Tls tls();

    @BeforeAll
    static void makeCertificates() {
        certificate = TestCertificate.make(certificates, "localhost");
        ofAnotherHost = TestCertificate.make(certificates, "other.example");
        expired = TestCertificate.make(certificates, "localhost", "-startdate", "-2y", "-validity", "30");
    }

    @Override
    FtpServerInProcess server(Path root) {
        return new FtpServerInProcess(root, tls(), certificate).overwriting(true);
    }

    @Override
    Storage storage(FtpSettings settings) {
        return new FtpStorage(settings, certificate::trusted);
    }

    @Test
    void rejectsAnUntrustedCertificate() {
        assertUntrusted(failureOf(untrusted(server).storage()::check));
    }

    @Test
    void rejectsTheCertificateOfAnotherHost() {
        try (var other = new FtpServerInProcess(root, tls(), ofAnotherHost).start()) {
            assertUntrusted(failureOf(new FtpStorage(untrusted(other), ofAnotherHost::trusted)::check));
        }
    }

    @Test
    void rejectsAnExpiredCertificate() {
        try (var expiredServer = new FtpServerInProcess(root, tls(), expired).start()) {
            assertUntrusted(failureOf(new FtpStorage(untrusted(expiredServer), certificate::trusted)::check));
        }
    }

    @Test
    void neverFallsBackToPlainText() {
        try (var plain = new FtpServerInProcess(root).start()) {
            var settings = new FtpSettings(
                    "localhost",
                    OptionalInt.of(plain.port()),
                    FtpServerInProcess.USER,
                    new Secret(FtpServerInProcess.PASSWORD),
                    "/",
                    tls());

            RemoteException failure = failureOf(storage(settings)::check);

            assertThat(failure.kind()).isEqualTo(Kind.ACTION_REQUIRED);
            assertThat(failure.hint()).contains("TLS 1.2");
            assertThat(allFiles()).isEmpty();
        }
    }

    @Test
    void resumesTheTlsSessionForDataConnections() {
        SSLContext context = certificate.trusted();
        var resuming = new FtpStorage(server.settings(), () -> context);

        resuming.put(object(KEY, "one"));
        resuming.put(object(KEY, "two"));
        resuming.list("");

        assertThat(Collections.list(context.getClientSessionContext().getIds())).hasSize(1);
        resuming.close();
    }

    /** With a wrong password, so that a login would be noticed. */
    private static FtpSettings untrusted(FtpServerInProcess server) {
        return server.settings("never to be sent", "/");
    }

    private void assertUntrusted(RemoteException failure) {
        assertThat(failure.kind()).as(failure.getMessage()).isEqualTo(Kind.ACTION_REQUIRED);
        assertThat(failure).hasMessageContaining("certificate not trusted");
        assertThat(failure.hint()).startsWith("Check that the certificate of localhost is valid");
        assertThat(allFiles()).isEmpty();
    }
}
