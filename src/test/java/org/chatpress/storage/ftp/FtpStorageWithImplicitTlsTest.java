package org.chatpress.storage.ftp;

import org.chatpress.storage.ftp.FtpSettings.Tls;

class FtpStorageWithImplicitTlsTest extends FtpsContract {
    @Override
    Tls tls() {
        return Tls.IMPLICIT;
    }
}
