package org.chatpress.storage.ftp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.chatpress.storage.Storage;
import org.chatpress.support.FtpServerInProcess;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Without TLS, on a server that refuses to rename over an existing file. */
@Tag("slow")
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
    public boolean mayBeMissingDuringReplacement() {
        return true;
    }

    @Test
    void restoresTheOldFileIfTheConnectionBreaksBetweenTheRenames() {
        storage.put(object(KEY, "old"));
        var renames = new int[1];
        // Refuses the direct rename, and the one after the backup was made, in which the connection breaks as well
        server.beforeRename(() -> {
            if (++renames[0] == 2) {
                server.dropConnections();
            }
        });
        server.refuseRenames(2);

        storage.put(object(KEY, "new"));

        assertThat(servedText(KEY)).isEqualTo("new");
        assertThat(allFiles()).containsExactly("election/live.json");
    }
}
