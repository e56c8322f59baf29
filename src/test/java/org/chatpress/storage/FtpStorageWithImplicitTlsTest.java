package org.chatpress.storage;

import org.chatpress.storage.FtpSettings.Tls;

class FtpStorageWithImplicitTlsTest extends FtpsContract {
    @Override
    Tls tls() {
        return Tls.IMPLICIT;
    }
}
