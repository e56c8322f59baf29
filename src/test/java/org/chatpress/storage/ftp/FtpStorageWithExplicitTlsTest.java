package org.chatpress.storage.ftp;

import org.chatpress.storage.ftp.FtpSettings.Tls;

class FtpStorageWithExplicitTlsTest extends FtpsContract {
    @Override
    Tls tls() {
        return Tls.EXPLICIT;
    }
}
