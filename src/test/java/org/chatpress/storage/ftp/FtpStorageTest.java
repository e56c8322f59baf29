package org.chatpress.storage.ftp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.chatpress.storage.Storage;
import org.chatpress.support.FtpServerInProcess;
import org.junit.jupiter.api.Test;

/** Without TLS, on a server that refuses to rename over an existing file. */
class FtpStorageTest extends FtpContract {
    @Override
    FtpServerInProcess server(Path root) {
        return new FtpServerInProcess(root);
    }

    @Override
    Storage storage(FtpSettings settings) {
        return settings.storage();
    }

    @Override
    public boolean mayVanishForAMoment() {
        return true;
    }

    @Test
    void aLineThatBreaksBetweenTheRenamesIsMended() {
        storage.put(blob(KEY, "old"));
        var renames = new int[1];
        // The first is refused because the old file is there, the second would put the new one in its place
        server.beforeRename(() -> {
            if (++renames[0] == 2) {
                server.dropConnections();
            }
        });
        server.refuseRenames(2);

        storage.put(blob(KEY, "new"));

        assertThat(servedText(KEY)).isEqualTo("new");
        assertThat(everything()).containsExactly("election/live.json");
    }
}
