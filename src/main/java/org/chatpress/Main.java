package org.chatpress;

import org.chatpress.cli.ChatpressCommand;
import org.chatpress.storage.s3.S3Settings;

/** Starts Chatpress. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        // FTP servers that insist on TLS session reuse need it without tickets; it counts only before the first TLS
        // use.
        System.setProperty("jdk.tls.client.enableSessionTicketExtension", "false");
        // So many connections to a host are kept for a while.
        System.setProperty("http.maxConnections", String.valueOf(S3Settings.MAX_PARALLEL));
        System.exit(ChatpressCommand.run(arguments));
    }
}
