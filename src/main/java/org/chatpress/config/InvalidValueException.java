package org.chatpress.config;

/** A text does not have the form that its place asks for. The message says what is wrong and what to write. */
final class InvalidValueException extends RuntimeException {
    InvalidValueException(String message) {
        super(message, null, false, false);
    }
}
