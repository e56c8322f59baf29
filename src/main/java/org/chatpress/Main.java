package org.chatpress;

/** Starts Chatpress. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {}
}
