package org.chatpress;

import org.chatpress.cli.ChatpressCommand;

/** Starts Chatpress. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        // FTP servers that insist on TLS session reuse need it without tickets; it counts only before the first TLS
        // use.
        System.setProperty("jdk.tls.client.enableSessionTicketExtension", "false");
        // So many connections to a host are kept for a while; files go to S3 over eight at a time.
        System.setProperty("http.maxConnections", "8");
        System.exit(ChatpressCommand.run(arguments));
    }
}
