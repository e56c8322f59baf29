package org.chatpress.store;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** How many rows each statement gave or changed. */
final class TouchedRows {
    private final Map<String, Integer> rows = new TreeMap<>();

    Connection through(Connection connection) {
        return counted(Connection.class, connection, "");
    }

    /** By statement, since this was last asked. */
    synchronized Map<String, Integer> take() {
        var all = new TreeMap<>(rows);
        rows.clear();
        return all;
    }

    private <T> T counted(Class<T> type, T real, String sql) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
            Object result = called(method, real, args);
            if (result instanceof PreparedStatement statement) {
                return counted(PreparedStatement.class, statement, (String) args[0]);
            }
            if (result instanceof ResultSet found) {
                return counted(ResultSet.class, found, sql);
            }
            switch (method.getName()) {
                case "next" -> count(sql, Boolean.TRUE.equals(result) ? 1 : 0);
                case "executeUpdate" -> count(sql, (int) result);
                case "executeBatch" -> count(sql, IntStream.of((int[]) result).sum());
                default -> {}
            }
            return result;
        }));
    }

    private synchronized void count(String sql, int more) {
        rows.merge(sql, more, Integer::sum);
    }

    private static Object called(Method method, Object real, Object[] arguments) throws Throwable {
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
