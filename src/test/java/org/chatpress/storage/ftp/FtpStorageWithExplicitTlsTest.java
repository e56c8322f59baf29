package org.chatpress.storage.ftp;

import org.chatpress.storage.ftp.FtpSettings.Tls;
import org.junit.jupiter.api.Tag;

@Tag("slow")
class FtpStorageWithExplicitTlsTest extends FtpsContract {
    @Override
    Tls tls() {
        return Tls.EXPLICIT;
    }
}
