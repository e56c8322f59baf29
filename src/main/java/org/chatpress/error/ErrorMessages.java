package org.chatpress.error;

import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Locale;

/** Messages for exceptions of Java's library, many of which name only a path or a host, and not what went wrong. */
public final class ErrorMessages {
    private ErrorMessages() {}

    /** What went wrong, to follow the name of the file or host: {@code permission denied}. */
    public static String describe(IOException e) {
        if (e instanceof FileSystemException file) {
            return describe(file);
        }
        if (e instanceof UnknownHostException unknown && unknown.getMessage() != null) {
            return "cannot resolve host " + unknown.getMessage().replaceFirst(":.*", "");
        }
        return messageOrType(e);
    }

    /**
     * The exception to throw where a task's result is awaited: what the task threw on its own thread. Only a checked
     * exception is wrapped.
     *
     * @throws Error the one that the task threw
     */
    public static RuntimeException unchecked(Throwable thrownByTask) {
        if (thrownByTask instanceof Error error) {
            throw error;
        }
        return thrownByTask instanceof RuntimeException unchecked
                ? unchecked
                : new IllegalStateException("a background task failed", thrownByTask);
    }

    private static String describe(FileSystemException e) {
        if (e.getReason() != null) {
            return e.getReason();
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof NoSuchFileException) {
            return e.getFile() + " does not exist and cannot be created";
        }
        if (e instanceof FileAlreadyExistsException || e instanceof NotDirectoryException) {
            return e.getFile() + " is not a folder";
        }
        return messageOrType(e);
    }

    private static String messageOrType(Throwable e) {
        if (e.getMessage() != null && !e.getMessage().isBlank()) {
            return e.getMessage();
        }
        if (e.getCause() != null) {
            return messageOrType(e.getCause());
        }
        // ClosedChannelException: "closed channel"
        return e.getClass()
                .getSimpleName()
                .replaceFirst("Exception$", "")
                .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
                .toLowerCase(Locale.ROOT);
    }
}
