package org.chatpress.support;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.PreparedStatement;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Lets the n-th of the calls that go through it fail, before it does its work or after: the answer is lost then. Whatever
 * is asked through one of these is counted together, whoever asks; threads may share it.
 */
public final class CrashPoint {
    private final Set<String> counted;
    private int calls;
    private int breaksAt;
    private When when = When.BEFORE;
    private Supplier<Exception> failure = IllegalStateException::new;
    private boolean broke;

    /** Whether the call that fails does its work. */
    public enum When {
        BEFORE,
        AFTER
    }

    /** The process ends here: nobody answers this, and the next cycle is another process's. */
    public static final class Killed extends RuntimeException {
        public Killed() {
            super("killed");
        }
    }

    /** @param counted the names of the methods that count and may fail */
    public CrashPoint(String... counted) {
        this.counted = Set.of(counted);
    }

    /** The same object, but its calls go through here; so do those of the statements it prepares. */
    public <T> T through(Class<T> type, T real) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
            boolean breaks = counted.contains(method.getName()) && isTheOne();
            if (breaks && when == When.BEFORE) {
                throw failure.get();
            }
            Object result = called(method, real, args);
            if (breaks) {
                throw failure.get();
            }
            return result instanceof PreparedStatement statement ? through(PreparedStatement.class, statement) : result;
        }));
    }

    /** The n-th call from now on, counted from 1, fails. */
    public synchronized void breakAt(int n, When point, Supplier<Exception> thrown) {
        calls = 0;
        breaksAt = n;
        when = point;
        failure = thrown;
        broke = false;
    }

    /** Calls since the start, or since {@link #breakAt}. */
    public synchronized int calls() {
        return calls;
    }

    /** The call that is to fail was made. */
    public synchronized boolean broke() {
        return broke;
    }

    private synchronized boolean isTheOne() {
        calls++;
        broke |= calls == breaksAt;
        return calls == breaksAt;
    }

    private static Object called(Method method, Object real, Object[] arguments) throws Throwable {
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
