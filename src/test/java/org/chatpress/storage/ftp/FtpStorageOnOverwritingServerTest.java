package org.chatpress.storage.ftp;

import java.nio.file.Path;
import org.chatpress.storage.Storage;
import org.chatpress.support.FtpServerInProcess;
import org.junit.jupiter.api.Tag;

/** On a server that renames over an existing file, as vsftpd does, so that readers always find one. */
@Tag("slow")
class FtpStorageOnOverwritingServerTest extends FtpContract {
    @Override
    FtpServerInProcess server(Path root) {
        return new FtpServerInProcess(root).overwriting(true);
    }

    @Override
    Storage storage(FtpSettings settings) {
        return settings.storage();
    }
}
