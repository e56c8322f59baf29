package org.chatpress.support;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A server on a free port of 127.0.0.1 that leaves its clients waiting. Closing it breaks their connections. */
public final class SilentServer implements AutoCloseable {
    private static final Map<String, String> FTP_REPLIES = Map.of(
            "USER", "331 password, please",
            "PASS", "230 welcome",
            "PWD", "257 \"/\"",
            "EPSV", "502 not here",
            "CWD", "250 done",
            "MKD", "550 it is there");

    private final ServerSocket listener;
    private final List<Socket> sockets = new ArrayList<>();

    private SilentServer(int backlog) throws IOException {
        listener = new ServerSocket(0, backlog, InetAddress.getLoopbackAddress());
    }

    /** Its port does not answer a SYN: the queue of connections is full. */
    public static SilentServer swallowingSyn() throws IOException {
        var server = new SilentServer(1);
        boolean isFull = false;
        while (!isFull) {
            var socket = new Socket();
            server.add(socket);
            try {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()), 300);
            } catch (SocketTimeoutException e) {
                isFull = true;
            }
        }
        return server;
    }

    /** It accepts connections and sends nothing. */
    public static SilentServer accepting() throws IOException {
        return new SilentServer(50);
    }

    /** An FTP server whose passive port is that of another server. */
    public static SilentServer ftpWithPassivePort(int port) throws IOException {
        var server = new SilentServer(50);
        String passive = "227 Entering Passive Mode (127,0,0,1,%d,%d)".formatted(port / 256, port % 256);
        new Thread(() -> server.serveFtp(passive), "silent ftp").start();
        return server;
    }

    public int port() {
        return listener.getLocalPort();
    }

    @Override
    public synchronized void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private synchronized void add(Socket socket) {
        sockets.add(socket);
    }

    private void serveFtp(String passive) {
        try {
            while (true) {
                Socket client = listener.accept();
                add(client);
                new Thread(() -> serveFtp(client, passive), "silent ftp").start();
            }
        } catch (IOException e) {
            // closed
        }
    }

    private static void serveFtp(Socket client, String passive) {
        try {
            var in = new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
            String reply = "220 ready";
            for (String line = ""; line != null; line = in.readLine()) {
                if (!line.isEmpty()) {
                    String command = line.split(" ", 2)[0];
                    reply = command.equals("PASV") ? passive : FTP_REPLIES.getOrDefault(command, "200 done");
                }
                client.getOutputStream().write((reply + "\r\n").getBytes(StandardCharsets.US_ASCII));
            }
        } catch (IOException e) {
            // closed
        }
    }
}
