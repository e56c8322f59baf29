package org.chatpress;

import java.util.Locale;
import org.chatpress.cli.ChatpressCommand;

/** Starts Chatpress. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        // For FTP servers that require TLS session reuse, which Java cannot do with tickets. Java reads this property
        // before its first TLS connection.
        System.setProperty("jdk.tls.client.enableSessionTicketExtension", "false");
        // A request to purge a cache has the Host of the public URL. Java reads this property before its first request.
        System.setProperty("jdk.httpclient.allowRestrictedHeaders", "host");
        // Digits as Prometheus, Slack and photo metadata write them, wherever the process runs.
        Locale.setDefault(Locale.ROOT);
        System.exit(ChatpressCommand.run(arguments));
    }
}
