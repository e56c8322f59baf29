package org.chatpress.error;

import java.time.Duration;
import java.util.Optional;

/**
 * A request to Slack, a storage or the CMS failed. The message names the request and what happened; the hint says what
 * to do. Neither contains a secret.
 */
public final class RemoteException extends RuntimeException {
    /** Whether a retry can succeed. */
    public enum Kind {
        /** The next cycle may succeed: a timeout, a 5xx, too many requests. */
        TRANSIENT,
        /** Retries fail until a person acts: token, scope, password, channel membership. */
        ACTION_REQUIRED,
        /** This item is not accepted, and is not without a person's help; others may be. */
        REJECTED
    }

    private final Kind kind;
    private final String hint;
    private final transient Optional<Duration> retryAfter;
    private final boolean notSent;

    private RemoteException(Kind kind, String message, String hint, Optional<Duration> retryAfter, Throwable cause) {
        this(kind, message, hint, retryAfter, false, cause);
    }

    private RemoteException(
            Kind kind, String message, String hint, Optional<Duration> retryAfter, boolean notSent, Throwable cause) {
        // Servers end their sentences with a full stop; a hint may follow this one
        super(message.replaceFirst("\\.+$", ""), cause);
        this.kind = kind;
        this.hint = hint;
        this.retryAfter = retryAfter;
        this.notSent = notSent;
    }

    /** A failure that passes by itself. */
    public static RemoteException transientFailure(String message, Throwable cause) {
        return new RemoteException(Kind.TRANSIENT, message, "", Optional.empty(), cause);
    }

    /** A failure that probably passes by itself. The hint says what to check if it does not. */
    public static RemoteException transientFailure(String message, String hint, Throwable cause) {
        return new RemoteException(Kind.TRANSIENT, message, hint, Optional.empty(), cause);
    }

    /** A failure that passes after the time that the server named. */
    public static RemoteException transientFailure(String message, Duration retryAfter) {
        return new RemoteException(Kind.TRANSIENT, message, "", Optional.of(retryAfter), null);
    }

    /**
     * No request was sent, because the rate limit is used up or the server has not responded to the last requests. The
     * next is possible after the wait.
     */
    public static RemoteException notSent(String message, Duration wait) {
        return new RemoteException(Kind.TRANSIENT, message, "", Optional.of(wait), true, null);
    }

    /** A failure that lasts until a person does what the hint says. */
    public static RemoteException actionRequired(String message, String hint, Throwable cause) {
        return new RemoteException(Kind.ACTION_REQUIRED, message, hint, Optional.empty(), cause);
    }

    /** The server does not accept this one item. */
    public static RemoteException rejected(String message, Throwable cause) {
        return rejected(message, "", cause);
    }

    /** The server does not accept this one item until a person does what the hint says. */
    public static RemoteException rejected(String message, String hint, Throwable cause) {
        return new RemoteException(Kind.REJECTED, message, hint, Optional.empty(), cause);
    }

    public Kind kind() {
        return kind;
    }

    /** What to do, as an order with a full stop; empty if there is nothing to do. */
    public String hint() {
        return hint;
    }

    /** The message and the hint in one line. */
    public String messageWithHint() {
        return hint.isEmpty() ? getMessage() : getMessage() + ". " + hint;
    }

    /** The same failure with one more thing to do. */
    public RemoteException withHint(String further) {
        String hints = hint.isEmpty() ? further : hint + " " + further;
        return new RemoteException(kind, getMessage(), hints, retryAfter, notSent, this);
    }

    /** The message without waits in seconds, which differ each time: for comparing messages. */
    public static String withoutRetryAfter(String message) {
        return message.replaceAll("\\d+ s\\b", "");
    }

    /** True if no request was sent, so that the failure says nothing about what was requested. */
    public boolean isNotSent() {
        return notSent;
    }

    /** How long to wait before the next request; empty if unknown. */
    public Optional<Duration> retryAfter() {
        return retryAfter;
    }
}
