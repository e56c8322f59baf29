package org.chatpress.support;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Something real, some of whose methods do something else. */
public final class Overridden<T> {
    private final Class<T> type;
    private final T real;
    private final Map<String, Instead> methods = new HashMap<>();

    private Overridden(Class<T> type, T real) {
        this.type = type;
        this.real = real;
    }

    /** What a method does instead, given its arguments. */
    public interface Instead {
        Object call(Object[] arguments);
    }

    public static <T> Overridden<T> of(Class<T> type, T real) {
        return new Overridden<>(type, real);
    }

    /** @throws IllegalArgumentException if the type has no method of that name */
    public Overridden<T> with(String method, Instead instead) {
        if (Arrays.stream(type.getMethods()).noneMatch(known -> known.getName().equals(method))) {
            throw new IllegalArgumentException(type.getSimpleName() + " has no method " + method);
        }
        methods.put(method, instead);
        return this;
    }

    public T get() {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
            Instead instead = methods.get(method.getName());
            if (instead != null) {
                return instead.call(args);
            }
            try {
                return method.invoke(real, args);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }));
    }
}
