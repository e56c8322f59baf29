package org.chatpress.support;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/** A port of this machine that sends nothing. */
public final class SilentPort implements AutoCloseable {
    private final ServerSocket listening;
    private final List<Socket> waiting = new ArrayList<>();

    private SilentPort(int backlog) throws IOException {
        listening = new ServerSocket(0, backlog, InetAddress.getLoopbackAddress());
    }

    /** Accepts connections. */
    public static SilentPort accepting() throws IOException {
        return new SilentPort(50);
    }

    /** Ignores connections, as a firewall does: its queue of connections is full. */
    public static SilentPort ignoring() throws IOException {
        var port = new SilentPort(1);
        for (int i = 0; i < 2; i++) {
            port.waiting.add(new Socket(port.listening.getInetAddress(), port.number()));
        }
        return port;
    }

    public int number() {
        return listening.getLocalPort();
    }

    /** How many connections it has got, where it accepts them. */
    public int connections() throws IOException {
        listening.setSoTimeout(100);
        try {
            while (true) {
                waiting.add(listening.accept());
            }
        } catch (SocketTimeoutException none) {
            return waiting.size();
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : waiting) {
            socket.close();
        }
    }
}
