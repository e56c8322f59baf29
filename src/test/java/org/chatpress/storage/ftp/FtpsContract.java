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

/** What TLS adds: a server that cannot prove who it is gets neither the password nor the files. */
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
    void trustsNoCertificateThatJavaDoesNot() {
        assertUntrusted(failureOf(distrusted(server).storage()::check));
    }

    @Test
    void trustsNoCertificateOfAnotherHost() {
        try (var other = new FtpServerInProcess(root, tls(), ofAnotherHost).start()) {
            assertUntrusted(failureOf(new FtpStorage(distrusted(other), ofAnotherHost::trusted)::check));
        }
    }

    @Test
    void trustsNoExpiredCertificate() {
        try (var late = new FtpServerInProcess(root, tls(), expired).start()) {
            assertUntrusted(failureOf(new FtpStorage(distrusted(late), certificate::trusted)::check));
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
            assertThat(everything()).isEmpty();
        }
    }

    @Test
    void dataConnectionsResumeTheSessionOfTheControlConnection() {
        SSLContext context = certificate.trusted();
        var resuming = new FtpStorage(server.settings(), () -> context);

        resuming.put(blob(KEY, "one"));
        resuming.put(blob(KEY, "two"));
        resuming.list("");

        assertThat(Collections.list(context.getClientSessionContext().getIds())).hasSize(1);
        resuming.close();
    }

    /** With a password that the server would refuse, if it ever came that far. */
    private static FtpSettings distrusted(FtpServerInProcess server) {
        return server.settings("never to be sent", "/");
    }

    private void assertUntrusted(RemoteException failure) {
        assertThat(failure.kind()).as(failure.getMessage()).isEqualTo(Kind.ACTION_REQUIRED);
        assertThat(failure).hasMessageContaining("certificate is not trusted");
        assertThat(failure.hint()).startsWith("Check that the certificate of localhost is current");
        assertThat(everything()).isEmpty();
    }
}
