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

/** What a storage on an FTP server does, whatever the server's manners. */
abstract class FtpContract extends StorageContract {
    @TempDir
    Path temp;

    Path root;
    FtpServerInProcess server;
    Storage storage;

    /** A server that serves the folder; not started yet. */
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
    public Set<String> everything() {
        return Folder.files(root);
    }

    @Override
    public void breakPuts() {
        server.fullAfter(1_000_000);
    }

    @Override
    public void mendPuts() {
        server.neverFull();
    }

    @Override
    public List<Storage> deniedStorages() {
        return List.of(storage(server.settings("wrong password", "/")), storage(server.settings("", "/")));
    }

    @Test
    void saysThatThePasswordIsWrongAndNeverWhichItWas() {
        RemoteException failure = failureOf(storage(server.settings("wrong-horse", "/htdocs"))::check);

        assertThat(failure.kind()).isEqualTo(Kind.ACTION_REQUIRED);
        assertThat(failure).hasMessageContaining("530");
        assertThat(failure.hint()).startsWith("Check the user and password of ftp");
        assertThat(stackTrace(failure) + failure.hint()).doesNotContain("wrong-horse");
    }

    @Test
    void saysWhoMayNotWrite() {
        storage.put(blob(KEY, "stays"));
        server.readOnly(true);

        assertThat(failureOf(storage::check).kind()).isEqualTo(Kind.ACTION_REQUIRED);
        RemoteException failure = failureOf(() -> storage.put(blob(KEY, "new")));
        assertThat(failure.kind()).isEqualTo(Kind.ACTION_REQUIRED);
        assertThat(failure).hasMessageContaining(": 55");
        assertThat(failure.hint()).isEqualTo("Let user chats write, rename and delete in / of localhost.");
        assertThat(servedText(KEY)).isEqualTo("stays");
        assertThat(everything()).containsExactly("election/live.json");
    }

    @Test
    void aDeleteThatIsNotAllowedFails() {
        storage.put(blob(KEY, "must go"));
        server.readOnly(true);

        RemoteException failure = failureOf(() -> storage.delete(KEY));

        assertThat(failure).hasMessageStartingWith("cannot delete election/live.json from " + storage.name());
        assertThat(servedText(KEY)).isEqualTo("must go");
    }

    @Test
    void usesTheFolderItWasGiven() {
        var below = storage(server.settings(FtpServerInProcess.PASSWORD, "/htdocs/live chats/"));
        var relative = storage(server.settings(FtpServerInProcess.PASSWORD, "relative"));

        below.put(blob(KEY, "below"));
        relative.put(blob(KEY, "relative"));

        assertThat(everything()).containsExactly("htdocs/live chats/election/live.json", "relative/election/live.json");
        assertThat(below.list("")).containsExactly(KEY);
        assertThat(relative.list("election")).containsExactly(KEY);
        assertThat(relative.read(KEY)).isPresent();
        below.close();
        relative.close();
    }

    @Test
    void checkLeavesNoFolderBehind() {
        var deep = storage(server.settings(FtpServerInProcess.PASSWORD, "/not/yet/there"));

        deep.check();
        assertThat(root).isEmptyDirectory();

        server.fullAfter(1);
        failureOf(deep::check);
        assertThat(root).isEmptyDirectory();
        deep.close();
    }

    @Test
    void removesWhatAnInterruptedPutLeft() {
        Folder.write(root, "election/.live.json.part", "half");
        Folder.write(root, "election/.live.json.old", "old");
        Folder.write(root, "election/.other.json.part", "half");
        Folder.write(root, "election/.other.json.old", "old");

        assertThat(storage.list("")).isEmpty();
        storage.delete(KEY);
        storage.put(blob(new ObjectKey("election/other.json"), "whole"));

        assertThat(everything()).containsExactly("election/other.json");
    }

    @Test
    void passesOverFilesThatAreNotOurs() {
        storage.put(blob(KEY, "ours"));
        Folder.write(root, "election/.htaccess", "hidden");
        Folder.write(root, "with blank/x.json", "odd");
        Folder.write(root, "élection/x.json", "odd");

        assertThat(storage.list("")).containsExactly(KEY);
    }

    @Test
    void connectsAgainWhenTheServerHungUp() {
        storage.put(blob(KEY, "before"));

        server.dropConnections();
        storage.put(blob(KEY, "after"));
        server.dropConnections();
        assertThat(storage.list("")).containsExactly(KEY);
        server.dropConnections();
        assertThat(storage.read(KEY)).isPresent();

        assertThat(servedText(KEY)).isEqualTo("after");
    }

    @Test
    void makesDoWithTheConnectionsThatTheServerAllows() throws Exception {
        server.stop();
        server.mostLogins(2);
        server.start();

        isUsedByAsManyThreadsAsItHasLanes();
    }

    @Test
    void keepsItsConnections() throws Exception {
        isUsedByAsManyThreadsAsItHasLanes();
        isUsedByAsManyThreadsAsItHasLanes();

        assertThat(server.logins()).isBetween(1, storage.maxParallel());
    }

    @Test
    void worksAgainWhenTheServerIsBack() {
        storage.put(blob(KEY, "before"));
        server.stop();
        assertThat(failureOf(() -> storage.put(blob(KEY, "meanwhile"))).kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(failureOf(() -> storage.delete(KEY)).kind()).isEqualTo(Kind.TRANSIENT);

        server.start();
        storage.put(blob(KEY, "after"));

        assertThat(servedText(KEY)).isEqualTo("after");
    }

    @Test
    void aLineThatBreaksBeforeTheRenameLeavesOldOrNewBytes() {
        storage.put(blob(KEY, "old"));
        server.beforeRename(server::dropConnections);

        failureOf(() -> storage.put(blob(KEY, "new")));

        assertThat(servedText(KEY)).isIn("old", "new");
        server.beforeRename(() -> {});
        storage.put(blob(KEY, "newest"));
        assertThat(everything()).containsExactly("election/live.json");
    }

    @Test
    void aRenameThatIsRefusedForGoodLeavesTheOldBytes() {
        storage.put(blob(KEY, "old"));
        server.refuseRenames(2);

        RemoteException failure = failureOf(() -> storage.put(blob(KEY, "new")));

        assertThat(failure.kind()).isEqualTo(Kind.ACTION_REQUIRED);
        assertThat(servedText(KEY)).isEqualTo("old");
        assertThat(everything()).containsExactly("election/live.json");
    }

    @Test
    void aHostThatNobodyKnowsMayBeKnownLater() {
        var lost = new FtpSettings(
                "no-such-host.invalid",
                OptionalInt.empty(),
                "chats",
                new Secret("x"),
                "/",
                server.settings().tls());

        RemoteException failure = failureOf(storage(lost)::check);

        assertThat(failure.kind()).isEqualTo(Kind.TRANSIENT);
        assertThat(failure).hasMessageEndingWith("cannot resolve host no-such-host.invalid");
    }

    @Test
    void tellsItsName() {
        var plain =
                new FtpSettings("web.example", OptionalInt.empty(), "chats", new Secret("x"), "/htdocs", Tls.EXPLICIT);
        var other = new FtpSettings("web.example", OptionalInt.of(2990), "chats", new Secret("x"), "", Tls.IMPLICIT);

        assertThat(plain.storage().name()).isEqualTo("ftp://chats@web.example/htdocs");
        assertThat(other.storage().name()).isEqualTo("ftps://chats@web.example:2990/");
    }

    @Test
    void refusesSettingsThatWouldSmuggleACommandIn() {
        assertThatThrownBy(() -> server.settings("secret\r\nDELE x", "/"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> server.settings("x", "/a\r\nDELE x")).isInstanceOf(IllegalArgumentException.class);
    }
}
