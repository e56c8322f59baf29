package org.chatpress.config;

/** What a text must look like in some place, and what it means there. */
@FunctionalInterface
interface ValueParser<T> {
    /**
     * Reads a value that is known to be a text.
     *
     * @throws InvalidValueException if it has another form
     */
    T read(ConfigNode value);
}
