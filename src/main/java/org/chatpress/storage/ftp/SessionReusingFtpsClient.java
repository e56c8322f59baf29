package org.chatpress.storage.ftp;

import java.io.IOException;
import java.net.Socket;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.apache.commons.net.DefaultSocketFactory;
import org.apache.commons.net.ftp.FTPSClient;

/**
 * FTP over TLS whose data connections resume the control connection's TLS session, which vsftpd demands by default as a
 * proof that both ends are the same. Java looks a session up by host and port, so the data socket shows the control
 * connection's.
 *
 * <p>Java must run with {@code jdk.tls.client.enableSessionTicketExtension=false}, set before its first TLS connection,
 * and TLS stays at 1.2: tickets, the only kind of session in 1.3, serve once.
 */
final class SessionReusingFtpsClient extends FTPSClient {
    private final SSLContext context;
    private final TimedSocketWriter line;

    SessionReusingFtpsClient(boolean implicit, SSLContext context, TimedSocketWriter line) {
        super(implicit, context);
        this.context = context;
        this.line = line;
        setEnabledProtocols(new String[] {"TLSv1.2"});
        setEndpointCheckingEnabled(true);
    }

    @Override
    public void execPROT(String level) throws IOException {
        super.execPROT(level);
        setSocketFactory(new DefaultSocketFactory() {
            @Override
            public Socket createSocket() {
                return new SocketAtControlPort();
            }
        });
    }

    @Override
    protected Socket _openDataConnection_(String command, String argument) throws IOException {
        Socket plain = super._openDataConnection_(command, argument);
        if (plain == null) {
            return null;
        }
        line.watch(plain);
        var secure = (SSLSocket) context.getSocketFactory().createSocket(plain, _hostname_, getRemotePort(), true);
        var parameters = secure.getSSLParameters();
        parameters.setProtocols(getEnabledProtocols());
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secure.setSSLParameters(parameters);
        secure.startHandshake();
        return secure;
    }

    private final class SocketAtControlPort extends Socket {
        @Override
        public int getPort() {
            return getRemotePort();
        }
    }
}
