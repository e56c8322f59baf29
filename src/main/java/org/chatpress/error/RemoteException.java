package org.chatpress.error;

import java.time.Duration;
import java.util.Optional;

/**
 * Slack, a storage or another machine did not do what was asked. The message says which thing and what happened; the
 * hint, where there is one, says what to do. Neither ever holds a secret.
 */
public final class RemoteException extends RuntimeException {
    /** Who must act. */
    public enum Kind {
        /** It will pass: a timeout, a 5xx, too many requests. The next cycle tries again. */
        TRANSIENT,
        /** A person must act: token, scope, password, membership. */
        ACTION_REQUIRED,
        /** This one item will never be accepted; others may. */
        REJECTED
    }

    private final Kind kind;
    private final String hint;
    private final transient Optional<Duration> retryAfter;
    private final boolean rateLimited;

    private RemoteException(Kind kind, String message, String hint, Optional<Duration> retryAfter, Throwable cause) {
        this(kind, message, hint, retryAfter, false, cause);
    }

    private RemoteException(
            Kind kind,
            String message,
            String hint,
            Optional<Duration> retryAfter,
            boolean outOfCalls,
            Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.hint = hint;
        this.retryAfter = retryAfter;
        this.rateLimited = outOfCalls;
    }

    /** It will pass by itself. */
    public static RemoteException transientFailure(String message, Throwable cause) {
        return new RemoteException(Kind.TRANSIENT, message, "", Optional.empty(), cause);
    }

    /** It will pass by itself, unless something is wrong here, where the hint says to look. */
    public static RemoteException transientFailure(String message, String hint, Throwable cause) {
        return new RemoteException(Kind.TRANSIENT, message, hint, Optional.empty(), cause);
    }

    /** It will pass, and the other side said when. */
    public static RemoteException transientFailure(String message, Duration retryAfter) {
        return new RemoteException(Kind.TRANSIENT, message, "", Optional.of(retryAfter), null);
    }

    /** Nothing was asked: as many calls were made as are allowed, and the next is after the wait. */
    public static RemoteException rateLimited(String message, Duration wait) {
        return new RemoteException(Kind.TRANSIENT, message, "", Optional.of(wait), true, null);
    }

    /** A person must act, as the hint says. */
    public static RemoteException actionRequired(String message, String hint, Throwable cause) {
        return new RemoteException(Kind.ACTION_REQUIRED, message, hint, Optional.empty(), cause);
    }

    /** This one item is not acceptable. */
    public static RemoteException rejected(String message, Throwable cause) {
        return new RemoteException(Kind.REJECTED, message, "", Optional.empty(), cause);
    }

    public Kind kind() {
        return kind;
    }

    /** What to do, as an order with a full stop; empty where nobody need act. */
    public String hint() {
        return hint;
    }

    /** A message without the waits that it names in seconds: they differ each time, and are no news. */
    public static String withoutRetryAfter(String message) {
        return message.replaceAll("\\d+ s\\b", "");
    }

    /** True if we kept to a limit, and nobody failed. */
    public boolean isRateLimited() {
        return rateLimited;
    }

    /** How long the other side asked us to wait; empty where it said nothing. */
    public Optional<Duration> retryAfter() {
        return retryAfter;
    }
}
