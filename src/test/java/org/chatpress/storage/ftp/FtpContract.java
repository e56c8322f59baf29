package org.chatpress.storage.ftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.chatpress.error.RemoteException;
import org.chatpress.error.RemoteException.Kind;
import org.chatpress.model.Secret;
import org.chatpress.storage.Folder;
import org.chatpress.storage.ObjectKey;
import org.chatpress.storage.Storage;
import org.chatpress.storage.StorageContract;
import org.chatpress.storage.ftp.FtpSettings.Tls;
import org.chatpress.support.FtpServerInProcess;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an FTP storage does on every kind of server. */
abstract class FtpContract extends StorageContract {
    @TempDir
    Path temp;

    Path root;
    FtpServerInProcess server;
    Storage storage;

    /** A server for the folder, not started yet. */
    abstract FtpServerInProcess server(Path root);

    /** A storage that trusts the server's certificate. */
    abstract Storage storage(FtpSettings settings);

    @BeforeEach
    void startServer() throws IOException {
        root = Files.createDirectory(temp.resolve("root"));
        server = server(root).start();
        storage = storage(server.settings());
    }

    @AfterEach
    void stopServer() {
        storage.close();
        server.close();
    }

    @Override
    public Storage storage() {
        return storage;
    }

    @Override
    public Optional<byte[]> served(ObjectKey key) {
        return Folder.file(root, key.value());
    }

    @Override
    public Set<String> allFiles() {
        return Folder.files(root);
    }

    @Override
    public void failPuts() {
        server.fullAfter(1_000_000);
    }

    @Override
    public void restorePuts() {
        server.neverFull();
    }

    @Override
    public List<Storage> deniedStorages() {
        return List.of(storage(server.settings("wrong password", "/")), storage(server.settings("", "/")));
    }

    @Test
    void reportsAWrongPasswordWithoutPrintingIt() {
        RemoteException failure = failureOf(storage(server.settings("wrong-horse", "/htdocs"))::check);

        assertThat(failure.kind()).isEqualTo(Kind.ACTION_REQUIRED);
        assertThat(failure).hasMessageContaining("530");
        assertThat(failure.hint()).startsWith("Check the user and password of ftp");
        assertThat(stackTrace(failure) + failure.hint()).doesNotContain("wrong-horse");
    }

    @Test
    void reportsMissingWritePermission() {
        storage.put(object(KEY, "stays"));
        server.readOnly(true);

        assertThat(failureOf(storage::check).kind()).isEqualTo(Kind.ACTION_REQUIRED);
        RemoteException failure = failureOf(() -> storage.put(object(KEY, "new")));
        assertThat(failure.kind()).isEqualTo(Kind.ACTION_REQUIRED);
        assertThat(failure).hasMessageContaining(": 55");
        assertThat(failure.hint()).isEqualTo("Allow user chats to write, rename and delete in / on localhost.");
        assertThat(servedText(KEY)).isEqualTo("stays");
        assertThat(allFiles()).containsExactly("election/live.json");
    }

    @Test
    void rejectsOneFileIfTheServerAcceptsOthers() {
        storage.put(object(KEY, "stays"));
        server.protect(path -> path.startsWith("/election/live."));

        RemoteException failure = failureOf(() -> storage.put(object(KEY, "new")));

        assertThat(failure.kind()).isEqualTo(Kind.REJECTED);
        assertThat(failure)
                .hasMessageStartingWith("cannot put election/live.json to " + storage.name() + ": 55")
                .hasMessageContaining("live.json");
        assertThat(failure.hint())
                .isEqualTo("Allow user chats to write and rename this file on localhost, which accepts others.");
        assertThat(servedText(KEY)).isEqualTo("stays");
        assertThat(allFiles()).containsExactly("election/live.json");

        storage.put(object(new ObjectKey("election/i/x.json"), "another"));
        server.protect(path -> path.endsWith("/election/.live.json.part"));
        assertThat(failureOf(() -> storage.put(object(KEY, "new"))).kind()).isEqualTo(Kind.REJECTED);
        assertThat(allFiles()).containsExactlyInAnyOrder("election/live.json", "election/i/x.json");
    }

    @Test
    void rejectsTheFilesOfAFolderThatItMayNotWrite() {
        storage.put(object(KEY, "stays"));
        server.protect(path -> path.startsWith("/election"));

        assertThat(failureOf(() -> storage.put(object(KEY, "new"))).kind()).isEqualTo(Kind.REJECTED);

        storage.put(object(new ObjectKey("sports/live.json"), "another"));
    }

    @Test
    void rejectsADeleteWithoutPermission() {
        storage.put(object(KEY, "must go"));
        server.readOnly(true);

        RemoteException failure = failureOf(() -> storage.delete(KEY));

        assertThat(failure.kind()).isEqualTo(Kind.REJECTED);
        assertThat(failure).hasMessageStartingWith("cannot delete election/live.json from " + storage.name() + ": 450");
        assertThat(failure.hint())
                .isEqualTo("Allow user chats to delete this file on localhost, or delete it there by hand.");
        assertThat(servedText(KEY)).isEqualTo("must go");
    }

    @Test
    void usesTheConfiguredFolder() {
        var below = storage(server.settings(FtpServerInProcess.PASSWORD, "/htdocs/live chats/"));
        var relative = storage(server.settings(FtpServerInProcess.PASSWORD, "relative"));

        below.put(object(KEY, "below"));
        relative.put(object(KEY, "relative"));

        assertThat(allFiles()).containsExactly("htdocs/live chats/election/live.json", "relative/election/live.json");
        assertThat(below.list("")).containsExactly(KEY);
        assertThat(relative.list("election")).containsExactly(KEY);
        assertThat(relative.read(KEY)).isPresent();
        below.close();
        relative.close();
    }

    @Test
    void leavesNoFolderBehindAfterACheck() {
        var deep = storage(server.settings(FtpServerInProcess.PASSWORD, "/not/yet/there"));

        deep.check();
        assertThat(root).isEmptyDirectory();

        server.fullAfter(1);
        failureOf(deep::check);
        assertThat(root).isEmptyDirectory();
        deep.close();
    }

    @Test
    void namesTheTestFileThatACheckCannotDelete() {
        server.afterRename(() -> server.readOnly(true));

        RemoteException failure = failureOf(storage::check);

        assertThat(allFiles()).hasSize(1);
        assertThat(failure.hint()).endsWith("Delete " + allFiles().iterator().next() + ", which readers can see.");
    }

    @Test
    void deletesWhatAnInterruptedPutLeft() {
        Folder.write(root, "election/.live.json.part", "half");
        Folder.write(root, "election/.live.json.old", "old");
        Folder.write(root, "election/.other.json.part", "half");
        Folder.write(root, "election/.other.json.old", "old");

        assertThat(storage.list("")).isEmpty();
        storage.delete(KEY);
        storage.put(object(new ObjectKey("election/other.json"), "whole"));

        assertThat(allFiles()).containsExactly("election/other.json");
    }

    @Test
    void ignoresFilesOfOthers() {
        storage.put(object(KEY, "ours"));
        Folder.write(root, "election/.htaccess", "hidden");
        Folder.write(root, "with blank/x.json", "odd");
        Folder.write(root, "élection/x.json", "odd");

        assertThat(storage.list("")).containsExactly(KEY);
    }

    @Test
    void reconnectsIfTheServerClosesConnections() {
        storage.put(object(KEY, "before"));

        server.dropConnections();
        storage.put(object(KEY, "after"));
        server.dropConnections();
        assertThat(storage.list("")).containsExactly(KEY);
        server.dropConnections();
        assertThat(storage.read(KEY)).isPresent();

        assertThat(servedText(KEY)).isEqualTo("after");
    }

    @Test
    void keepsToTheConnectionLimitOfTheServer() throws Exception {
        server.stop();
        server.mostLogins(2);
        server.start();

        acceptsParallelUseUpToItsLimit();
    }

    @Test
    void reusesConnections() throws Exception {
        acceptsParallelUseUpToItsLimit();
        acceptsParallelUseUpToItsLimit();

        assertThat(server.logins()).isBetween(1, storage.maxParallel());
    }

    @Test
    void recoversWhenTheServerIsBack() {
        storage.put(object(KEY, "before"));
        server.stop();
        assertThat(failureOf(() -> storage.put(object(KEY, "meanwhile"))).kind())
                .isEqualTo(Kind.TRANSIENT);
        assertThat(failureOf(() -> storage.delete(KEY)).kind()).isEqualTo(Kind.TRANSIENT);

        server.start();
        storage.put(object(KEY, "after"));

        assertThat(servedText(KEY)).isEqualTo("after");
    }

    @Test
    void showsOldOrNewContentIfTheConnectionBreaksBeforeTheRename() {
        storage.put(object(KEY, "old"));
        server.beforeRename(server::dropConnections);

        failureOf(() -> storage.put(object(KEY, "new")));

        assertThat(servedText(KEY)).isIn("old", "new");
        server.beforeRename(() -> {});
        storage.put(object(KEY, "newest"));
        assertThat(allFiles()).containsExactly("election/live.json");
    }

    @Test
    void keepsTheOldContentIfTheRenameIsRefused() {
        storage.put(object(KEY, "old"));
        server.refuseRenames(2);

        RemoteException failure = failureOf(() -> storage.put(object(KEY, "new")));

        assertThat(failure.kind()).isEqualTo(Kind.REJECTED);
        assertThat(servedText(KEY)).isEqualTo("old");
        assertThat(allFiles()).containsExactly("election/live.json");
    }

    @Test
    void treatsAnUnknownHostAsTransient() {
        var unreachable = new FtpSettings(
                "no-such-host.invalid",
                OptionalInt.empty(),
                "chats",
                new Secret("x"),
                "/",
                server.settings().tls());

        RemoteException failure = failureOf(storage(unreachable)::check);

        assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(failure).hasMessageEndingWith("cannot resolve host no-such-host.invalid");
    }

    @Test
    void hasAName() {
        var plain =
                new FtpSettings("web.example", OptionalInt.empty(), "chats", new Secret("x"), "/htdocs", Tls.EXPLICIT);
        var other = new FtpSettings("web.example", OptionalInt.of(2990), "chats", new Secret("x"), "", Tls.IMPLICIT);

        var ipv6 = new FtpSettings("::1", OptionalInt.of(48673), "chats", new Secret("x"), "/", Tls.NONE);

        assertThat(ipv6.storage().name()).isEqualTo("ftp://chats@[::1]:48673/");
        assertThat(plain.storage().name()).isEqualTo("ftp://chats@web.example/htdocs");
        assertThat(other.storage().name()).isEqualTo("ftps://chats@web.example:2990/");
    }

    @Test
    void refusesSettingsThatWouldInjectACommand() {
        assertThatThrownBy(() -> server.settings("secret\r\nDELE x", "/"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> server.settings("x", "/a\r\nDELE x")).isInstanceOf(IllegalArgumentException.class);
    }
}
