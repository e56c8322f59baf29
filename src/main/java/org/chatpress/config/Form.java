package org.chatpress.config;

/** What a text must look like in some place, and what it means there. */
@FunctionalInterface
interface Form<T> {
    /**
     * Reads a value that is known to be a text.
     *
     * @throws Misfit if it has another form
     */
    T read(Value value);
}
