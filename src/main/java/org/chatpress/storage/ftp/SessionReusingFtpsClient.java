package org.chatpress.storage.ftp;

import java.io.IOException;
import java.net.Socket;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.apache.commons.net.ftp.FTPSClient;
import org.chatpress.storage.ftp.FtpConnection.TimedSocketWriter;

/**
 * FTP over TLS whose data connections resume the TLS session of the control connection. vsftpd requires that by default, as
 * proof that both connections have the same client. Java looks up sessions by host and port, so the data socket reports
 * the port of the control connection.
 *
 * <p>This needs {@code jdk.tls.client.enableSessionTicketExtension=false} before the JVM's first TLS connection, and TLS
 * 1.2: TLS 1.3 has only session tickets, which can be used once.
 */
final class SessionReusingFtpsClient extends FTPSClient {
    private final SSLContext context;
    private final TimedSocketWriter writer;

    SessionReusingFtpsClient(boolean implicit, SSLContext context, TimedSocketWriter writer) {
        super(implicit, context);
        this.context = context;
        this.writer = writer;
        setEnabledProtocols(new String[] {"TLSv1.2"});
        setEndpointCheckingEnabled(true);
    }

    @Override
    public void execPROT(String level) throws IOException {
        super.execPROT(level);
        setSocketFactory(FtpConnection.socketFactory(SocketWithControlPort::new));
    }

    @Override
    protected Socket _openDataConnection_(String command, String argument) throws IOException {
        Socket plain = super._openDataConnection_(command, argument);
        if (plain == null) {
            return null;
        }
        writer.watch(plain);
        var secure = (SSLSocket) context.getSocketFactory().createSocket(plain, _hostname_, getRemotePort(), true);
        var parameters = secure.getSSLParameters();
        parameters.setProtocols(getEnabledProtocols());
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secure.setSSLParameters(parameters);
        secure.startHandshake();
        return secure;
    }

    private final class SocketWithControlPort extends FtpConnection.DataSocket {
        @Override
        public int getPort() {
            return getRemotePort();
        }
    }
}
