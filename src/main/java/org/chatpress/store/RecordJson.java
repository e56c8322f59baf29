package org.chatpress.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.chatpress.model.Json;

/**
 * Records as JSON, for columns that contain one. Each member is named after its component, in snake case. Empty members
 * are not written, and a member that is missing reads as empty: {@code ""}, 0, false, an empty list. So a record can
 * get new components, and rows of earlier releases still read. A record of a single text, such as an id, is written as
 * text.
 *
 * <p>Jackson's own binding of records would add 3 to 5 % to the time that a process takes to start.
 */
final class RecordJson {
    private static final ClassValue<Shape> SHAPES = new ClassValue<>() {
        @Override
        protected Shape computeValue(Class<?> type) {
            return Shape.of(type);
        }
    };

    private RecordJson() {}

    static String write(Record record) {
        return Json.of(tree(record));
    }

    /** @throws RuntimeException if the JSON does not fit the record */
    static <T extends Record> T read(String json, Class<T> type) {
        return type.cast(SHAPES.get(type).read(Json.parse(json)));
    }

    private record Shape(Constructor<?> constructor, List<Component> components) {
        static Shape of(Class<?> type) {
            RecordComponent[] components = type.getRecordComponents();
            Class<?>[] types =
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
            try {
                Constructor<?> constructor = type.getDeclaredConstructor(types);
                constructor.setAccessible(true);
                return new Shape(
                        constructor,
                        Arrays.stream(components).map(Component::of).toList());
            } catch (NoSuchMethodException e) {
                throw new IllegalStateException(e);
            }
        }

        boolean isText() {
            return components.size() == 1 && components.get(0).type == String.class;
        }

        Object read(JsonNode node) {
            return create(components.stream()
                    .map(component -> value(node.path(component.name), component.type))
                    .toArray());
        }

        Object create(Object... values) {
            try {
                return constructor.newInstance(values);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private record Component(String name, Type type, Method accessor) {
        static Component of(RecordComponent component) {
            Method accessor = component.getAccessor();
            accessor.setAccessible(true);
            String name = component.getName().replaceAll("[A-Z]", "_$0").toLowerCase(Locale.ROOT);
            return new Component(name, component.getGenericType(), accessor);
        }

        Object valueIn(Record record) {
            try {
                return accessor.invoke(record);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    // WRITE

    private static ObjectNode tree(Record record) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        for (Component component : SHAPES.get(record.getClass()).components) {
            Object value = component.valueIn(record);
            JsonNode node = node(value);
            boolean isEmpty = value.equals("")
                    || value.equals(false)
                    || value.equals(0)
                    || value.equals(0L)
                    || value.equals(Optional.empty())
                    || (node.isContainerNode() && node.isEmpty());
            if (!isEmpty) {
                object.set(component.name, node);
            }
        }
        return object;
    }

    private static JsonNode node(Object value) {
        JsonNodeFactory json = JsonNodeFactory.instance;
        if (value instanceof JsonNode node) {
            return node;
        }
        if (value instanceof Optional<?> optional) {
            return optional.isPresent() ? node(optional.get()) : json.missingNode();
        }
        if (value instanceof Boolean flag) {
            return json.booleanNode(flag);
        }
        if (value instanceof Integer || value instanceof Long) {
            return json.numberNode(((Number) value).longValue());
        }
        if (value instanceof Collection<?> items) {
            ArrayNode array = json.arrayNode(items.size());
            items.forEach(item -> array.add(node(item)));
            return array;
        }
        if (value instanceof Map<?, ?> map) {
            ObjectNode object = json.objectNode();
            map.forEach((key, item) -> object.set(key.toString(), node(item)));
            return object;
        }
        if (value instanceof Record record && !SHAPES.get(record.getClass()).isText()) {
            return tree(record);
        }
        return json.textNode(value.toString());
    }

    // READ

    private static Object value(JsonNode node, Type type) {
        if (type instanceof ParameterizedType generic) {
            return collection(node, (Class<?>) generic.getRawType(), generic.getActualTypeArguments());
        }
        if (type == String.class) {
            return node.asText();
        }
        if (type == boolean.class) {
            return node.asBoolean();
        }
        if (type == int.class) {
            return node.asInt();
        }
        if (type == long.class) {
            return node.asLong();
        }
        if (type == JsonNode.class) {
            return node.isMissingNode() ? JsonNodeFactory.instance.objectNode() : node;
        }
        if (type == Instant.class) {
            return Instant.parse(node.asText());
        }
        if (type == URI.class) {
            return URI.create(node.asText());
        }
        var clazz = (Class<?>) type;
        if (clazz.isEnum()) {
            return Arrays.stream(clazz.getEnumConstants())
                    .filter(constant -> ((Enum<?>) constant).name().equals(node.asText()))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("no " + clazz.getSimpleName() + ": " + node));
        }
        Shape shape = SHAPES.get(clazz);
        return shape.isText() ? shape.create(node.asText()) : shape.read(node);
    }

    private static Object collection(JsonNode node, Class<?> raw, Type... types) {
        if (raw == Optional.class) {
            return node.isMissingNode() ? Optional.empty() : Optional.of(value(node, types[0]));
        }
        if (Map.class.isAssignableFrom(raw)) {
            Map<Object, Object> map = raw == SortedMap.class ? new TreeMap<>() : new LinkedHashMap<>();
            node.properties()
                    .forEach(entry -> map.put(
                            value(JsonNodeFactory.instance.textNode(entry.getKey()), types[0]),
                            value(entry.getValue(), types[1])));
            return map;
        }
        Collection<Object> items = raw == List.class
                ? new ArrayList<>()
                : raw == SortedSet.class ? new TreeSet<>() : new LinkedHashSet<>();
        node.forEach(item -> items.add(value(item, types[0])));
        return items;
    }
}
