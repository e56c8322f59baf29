package org.chatpress.model;

import java.util.concurrent.ThreadFactory;

/** Makes threads of one name that do not keep the JVM running. */
public record DaemonThreadFactory(String name) implements ThreadFactory {
    @Override
    public Thread newThread(Runnable task) {
        var thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }
}
