package org.chatpress.storage;

import org.chatpress.storage.FtpSettings.Tls;

class FtpStorageWithExplicitTlsTest extends FtpsContract {
    @Override
    Tls tls() {
        return Tls.EXPLICIT;
    }
}
