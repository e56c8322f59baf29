package org.chatpress.support;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.chatpress.slack.SlackClient;
import org.chatpress.storage.Storage;

/**
 * Lets the n-th call to Slack, to a storage or to the database fail, before it does its work or after it, when its result
 * is lost. The calls of all objects that go {@link #through} one crash point are counted together; it is thread-safe.
 */
public final class CrashPoint {
    private static final Set<Class<?>> TYPES =
            Set.of(SlackClient.class, Storage.class, Connection.class, PreparedStatement.class);

    private final Set<String> counted;
    private int calls;
    private int failsAt;
    private When when = When.BEFORE;
    private Supplier<Exception> failure = IllegalStateException::new;
    private boolean failed;

    /** Whether the call that fails does its work. */
    public enum When {
        BEFORE,
        AFTER
    }

    /** The process ends here: no code handles this, and the next cycle belongs to a new process. */
    public static final class Killed extends RuntimeException {
        public Killed() {
            super("killed");
        }
    }

    /**
     * @param counted the names of the methods that count and may fail
     * @throws IllegalArgumentException if neither Slack nor storages nor the database have a method of such a name
     */
    public CrashPoint(String... counted) {
        this.counted = Set.of(counted);
        Set<String> known = TYPES.stream()
                .flatMap(type -> Arrays.stream(type.getMethods()))
                .map(Method::getName)
                .collect(Collectors.toCollection(TreeSet::new));
        Stream.of(counted).filter(name -> !known.contains(name)).findFirst().ifPresent(name -> {
            throw new IllegalArgumentException("no method " + name);
        });
    }

    /** The same object, but its calls go through here; so do those of the statements that a connection prepares. */
    public <T> T through(Class<T> type, T real) {
        if (!TYPES.contains(type)) {
            throw new IllegalArgumentException("its methods are unknown here: " + type);
        }
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
            boolean fails = counted.contains(method.getName()) && isTheOne();
            if (fails && when == When.BEFORE) {
                throw failure.get();
            }
            Object result = invoke(method, real, args);
            if (fails) {
                throw failure.get();
            }
            return result instanceof PreparedStatement statement ? through(PreparedStatement.class, statement) : result;
        }));
    }

    /** The n-th call from now on, counted from 1, fails; 0: none. */
    public synchronized void failAt(int n, When point, Supplier<Exception> thrown) {
        calls = 0;
        failsAt = n;
        when = point;
        failure = thrown;
        failed = false;
    }

    /** Calls since the start, or since {@link #failAt}. */
    public synchronized int calls() {
        return calls;
    }

    /** Whether the call that is to fail was made. */
    public synchronized boolean failed() {
        return failed;
    }

    private synchronized boolean isTheOne() {
        calls++;
        failed |= calls == failsAt;
        return calls == failsAt;
    }

    private static Object invoke(Method method, Object real, Object[] arguments) throws Throwable {
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
