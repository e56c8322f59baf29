package org.chatpress.error;

import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Locale;

/** Why a file or a machine could not be had, in words: many of Java's exceptions name only the path or the host. */
public final class ErrorMessages {
    private ErrorMessages() {}

    public static String describe(IOException e) {
        if (e instanceof FileSystemException file) {
            return ofFile(file);
        }
        if (e instanceof UnknownHostException unknown && unknown.getMessage() != null) {
            return "nobody knows the host " + unknown.getMessage().replaceFirst(":.*", "");
        }
        return inWords(e);
    }

    /**
     * The exception to throw where a task's result is awaited: what the task threw on its own thread. Only a checked
     * exception or an Error is wrapped.
     */
    public static RuntimeException unchecked(Throwable thrownByTask) {
        return thrownByTask instanceof RuntimeException unchecked
                ? unchecked
                : new IllegalStateException("a background task failed", thrownByTask);
    }

    private static String ofFile(FileSystemException e) {
        if (e.getReason() != null) {
            return e.getReason();
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof NoSuchFileException) {
            return "there is no " + e.getFile() + ", and it cannot be made";
        }
        if (e instanceof FileAlreadyExistsException || e instanceof NotDirectoryException) {
            return e.getFile() + " is not a folder";
        }
        return inWords(e);
    }

    private static String inWords(Throwable e) {
        if (e.getMessage() != null && !e.getMessage().isBlank()) {
            return e.getMessage();
        }
        if (e.getCause() != null) {
            return inWords(e.getCause());
        }
        return e.getClass()
                .getSimpleName()
                .replaceFirst("Exception$", "")
                .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
                .toLowerCase(Locale.ROOT);
    }
}
