package org.chatpress;

import org.chatpress.cli.ChatpressCommand;

/** Starts Chatpress. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(ChatpressCommand.run(arguments));
    }
}
