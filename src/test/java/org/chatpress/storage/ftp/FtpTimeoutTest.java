package org.chatpress.storage.ftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.chatpress.storage.StorageContract.KEY;
import static org.chatpress.storage.StorageContract.failureOf;
import static org.chatpress.storage.StorageContract.object;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.chatpress.error.RemoteException;
import org.chatpress.storage.Storage;
import org.chatpress.storage.ftp.FtpSettings.Tls;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that accept connections and then fall silent, each for a storage that waits a second. */
@Tag("slow")
@Timeout(60)
class FtpTimeoutTest {
    private ScriptedFtpServer server;

    @BeforeEach
    void makeServer() throws IOException {
        server = new ScriptedFtpServer();
    }

    @AfterEach
    void stopServer() throws IOException {
        server.close();
    }

    @Test
    void givesUpOnAServerThatDoesNotRead() {
        server.readsNoUploads().start();

        assertGivenUp(server.storage(Tls.NONE), new byte[30_000_000]);
    }

    @ParameterizedTest
    @ValueSource(strings = {ScriptedFtpServer.GREETING, "USER", "PASS", "PASV", "STOR", ScriptedFtpServer.UPLOADED})
    void givesUpOnAServerThatSendsNoReply(String command) {
        server.reply(command, ScriptedFtpServer.SILENCE).start();

        assertGivenUp(server.storage(Tls.NONE), new byte[10]);
    }

    @Test
    void givesUpOnAServerThatFallsSilentInAnOpenConnection() {
        server.start();
        try (Storage storage = server.storage(Tls.NONE)) {
            storage.put(object(KEY, "{}"));
            server.reply("STOR", ScriptedFtpServer.SILENCE);

            assertGivenUp(storage, new byte[10]);
        }
    }

    @Test
    void givesUpOnATlsHandshakeWithoutAnswer() {
        server.reply(ScriptedFtpServer.GREETING, ScriptedFtpServer.SILENCE).start();

        assertGivenUp(server.storage(Tls.IMPLICIT), new byte[10]);
    }

    @Test
    void givesUpOnATlsHandshakeAfterAuthWithoutAnswer() {
        server.reply("AUTH", "234 proceed").start();

        assertGivenUp(server.storage(Tls.EXPLICIT), new byte[10]);
    }

    /** Gives up after one attempt, and long before the time limit of storages that know no other. */
    private void assertGivenUp(Storage storage, byte[] bytes) {
        Instant start = Instant.now();

        RemoteException failure = failureOf(() -> storage.put(object(KEY, bytes)));

        assertThat(failure.kind()).as(failure.getMessage()).isEqualTo(RemoteException.Kind.TRANSIENT);
        assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(8));
        assertThat(server.connections()).isEqualTo(1);
    }
}
