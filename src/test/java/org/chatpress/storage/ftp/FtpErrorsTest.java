package org.chatpress.storage.ftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.storage.StorageContract.KEY;
import static org.chatpress.storage.StorageContract.failureOf;
import static org.chatpress.storage.StorageContract.object;

import java.io.IOException;
import org.chatpress.error.RemoteException;
import org.chatpress.error.RemoteException.Kind;
import org.chatpress.storage.Storage;
import org.chatpress.storage.ftp.FtpSettings.Tls;
import org.chatpress.support.SilentPort;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Replies of vsftpd, proftpd, pure-ftpd, FileZilla Server and IIS, and failures of the network. */
class FtpErrorsTest {
    private static final String TLS = "Set tls: explicit. The server requires TLS.";
    private static final String DISK = "Check the free disk space of 127.0.0.1 and the quota of user chats.";
    private static final String DATA =
            "Check the server's passive ports and the firewalls: the login works, the data connection does not.";

    private ScriptedFtpServer server;

    @BeforeEach
    void makeServer() throws IOException {
        server = new ScriptedFtpServer();
    }

    @AfterEach
    void stopServer() throws IOException {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({
        "USER, 550 SSL/TLS required on the control channel",
        "PASS, 530 Non-anonymous sessions must use encryption.",
        "USER, 503 Use AUTH first.",
        "USER, 534 Policy requires SSL.",
    })
    void asksForExplicitTlsWhereTheServerRequiresTls(String command, String reply) {
        RemoteException failure = failure(command, reply);

        assertThat(failure.kind()).isEqualTo(Kind.ACTION_REQUIRED);
        assertThat(failure).hasMessageEndingWith("/w: " + reply.replaceFirst("\\.$", ""));
        assertThat(failure.hint()).isEqualTo(TLS);
    }

    @Test
    void keepsTheWordsOfAServerThatClosesTheConnection() {
        RemoteException failure = failure(
                "USER",
                "421-Sorry, cleartext sessions and weak ciphers are not accepted on this server.\n"
                        + "421 Please reconnect using TLS security mechanisms.");

        assertThat(failure.kind()).isEqualTo(Kind.ACTION_REQUIRED);
        assertThat(failure)
                .hasMessageEndingWith("/w: 421 Sorry, cleartext sessions and weak ciphers are not accepted on this"
                        + " server; Please reconnect using TLS security mechanisms");
        assertThat(failure.hint()).isEqualTo(TLS);
    }

    @Test
    void triesAgainLaterWhereTheServerHasTooManyConnections() {
        RemoteException failure = failure(ScriptedFtpServer.GREETING, "421 50 users (the maximum) are logged in.");

        assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(failure).hasMessageEndingWith("/w: 421 50 users (the maximum) are logged in");
    }

    @ParameterizedTest
    @CsvSource({
        "451-Error while writing: No space left on device\\n451 0.018 seconds, "
                + "451 Error while writing: No space left on device; 0.018 seconds",
        "451 Transfer aborted, 451 Transfer aborted",
        "451 Failure writing to local file., 451 Failure writing to local file",
        "452 Insufficient storage space, 452 Insufficient storage space",
        "552 Quota exceeded, 552 Quota exceeded",
        "552 Transfer aborted. Disk quota exceeded, 552 Transfer aborted. Disk quota exceeded",
        "550 There is not enough disk space, 550 There is not enough disk space",
        "426 Disk full, 426 Disk full",
    })
    void saysThatTheDiskOrTheQuotaMayBeFull(String reply, String message) {
        RemoteException failure = failure(ScriptedFtpServer.UPLOADED, reply.replace("\\n", "\n"));

        assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(failure).hasMessageEndingWith("/w: " + message);
        assertThat(failure.hint()).isEqualTo(DISK);
    }

    @Test
    void triesAgainAfterTheServersSessionWasKilled() {
        RemoteException failure = failure("STOR", "500 OOPS: child died");

        assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(failure).hasMessageEndingWith("/w: 500 OOPS: child died");
    }

    @Test
    void asksAPersonWhereTheServersConfigurationIsWrong() {
        RemoteException failure =
                failure("PASS", "500 OOPS: vsftpd: refusing to run with writable root inside chroot()");

        assertThat(failure.kind()).isEqualTo(Kind.ACTION_REQUIRED);
    }

    @Test
    void namesTheDataConnectionWhereItsPortIsClosed() {
        RemoteException failure = failure("PASV", "227 there (127,0,0,1,0,1)");

        assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(failure)
                .hasMessageEndingWith("/w: cannot open the data connection to 127.0.0.1:1: Connection refused");
        assertThat(failure.hint()).isEqualTo(DATA);
    }

    @Test
    void namesTheDataConnectionWhereItsPortDoesNotAnswer() throws IOException {
        try (var ignoring = SilentPort.ignoring()) {
            RemoteException failure = failure(
                    "PASV", "227 there (127,0,0,1,%d,%d)".formatted(ignoring.number() / 256, ignoring.number() % 256));

            assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
            assertThat(failure)
                    .hasMessageEndingWith("/w: cannot open the data connection to 127.0.0.1:" + ignoring.number()
                            + ": Connect timed out");
            assertThat(failure.hint()).isEqualTo(DATA);
        }
    }

    @Test
    void namesTheDataConnectionWhereTheServerCannotOpenIt() {
        assertThat(failure("STOR", "425 Failed to establish connection.").hint())
                .isEqualTo(DATA);
    }

    @ParameterizedTest
    @CsvSource({"NONE", "EXPLICIT"})
    void asksForImplicitTlsWhereTheServerSendsNoGreeting(Tls tls) {
        server.reply(ScriptedFtpServer.GREETING, ScriptedFtpServer.SILENCE).start();

        RemoteException failure = failureOf(server.storage(tls)::check);

        assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(failure).hasMessageEndingWith("/w: the server sends no greeting");
        assertThat(failure.hint()).isEqualTo("Set tls: implicit if the server expects TLS on this port at once.");
    }

    @Test
    void asksForHostAndPortWhereNothingListens() throws IOException {
        server.close();

        RemoteException failure = failureOf(server.storage(Tls.NONE)::check);

        assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(failure).hasMessageEndingWith("/w: Connection refused");
        assertThat(failure.hint()).startsWith("Check the host and port of ftp://chats@127.0.0.1:");
    }

    /** Replies of vsftpd with deny_file, proftpd with PathDenyFilter, pure-ftpd, IIS, and one with a busy file. */
    @ParameterizedTest
    @CsvSource({
        "STOR /w/election/.live.json.part, 550 Permission denied.",
        "RNTO /w/election/live.json, 550 live.json: Forbidden filename",
        "RNTO /w/election/live.json, 553 Prohibited file name: live.json",
        "RNTO /w/election/live.json, 501 The parameter is incorrect.",
        "STOR /w/election/.live.json.part, 450 File busy",
    })
    void rejectsAFileThatTheServerRefusesWhileItAcceptsOthers(String command, String reply) {
        RemoteException failure = failure(command, reply);

        assertThat(failure.kind()).isEqualTo(Kind.REJECTED);
        assertThat(failure).hasMessageEndingWith("/w: " + reply.replaceFirst("\\.$", ""));
        assertThat(failure.hint()).contains("user chats").contains("this file");
    }

    @ParameterizedTest
    @CsvSource({"STOR, 550 Permission denied", "RNTO, 553 Could not rename", "RNFR, 550 RNFR denied"})
    void asksForPermissionWhereTheServerRefusesEveryFile(String command, String reply) {
        RemoteException failure = failure(command, reply);

        assertThat(failure.kind()).isEqualTo(Kind.ACTION_REQUIRED);
        assertThat(failure.hint()).isEqualTo("Allow user chats to write, rename and delete in /w on 127.0.0.1.");
    }

    @ParameterizedTest
    @CsvSource({
        "550 Permission denied., 213 2",
        "550 Access is denied., 550 Access is denied.",
        "450 File busy, 213 2",
        "502 DELE disabled, 213 2",
    })
    void rejectsADeleteThatTheServerRefuses(String reply, String size) {
        server.reply("DELE", reply)
                .reply("SIZE", size)
                .reply("LIST", "150 here it is")
                .reply(ScriptedFtpServer.LISTING, "-rw-r--r-- 1 ftp ftp 2 Nov 03 20:00 live.json")
                .start();
        try (Storage storage = server.storage(Tls.NONE)) {
            RemoteException failure = failureOf(() -> storage.delete(KEY));

            assertThat(failure.kind()).isEqualTo(Kind.REJECTED);
            assertThat(failure).hasMessageEndingWith("/w: " + reply.replaceFirst("\\.$", ""));
            assertThat(failure.hint()).contains("delete it there by hand");
        }
    }

    @Test
    void deletesNothingWhereTheFileIsMissingWhateverTheReply() {
        server.reply("DELE", "550 Permission denied or no such file")
                .reply("SIZE", "550 Permission denied or no such file")
                .reply("LIST", "150 here it is")
                .reply(ScriptedFtpServer.LISTING, "-rw-r--r-- 1 ftp ftp 2 Nov 03 20:00 other.json")
                .start();
        try (Storage storage = server.storage(Tls.NONE)) {
            storage.delete(KEY);
        }
    }

    @Test
    void printsNoControlCharactersOfAReply() {
        assertThat(failure("STOR", "553 no \u001b[2J\u0007 way")).hasMessageEndingWith("/w: 553 no  [2J  way");
    }

    private RemoteException failure(String command, String reply) {
        server.reply(command, reply).start();
        try (Storage storage = server.storage(Tls.NONE)) {
            return failureOf(() -> storage.put(object(KEY, "{}")));
        }
    }
}
