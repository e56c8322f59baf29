package org.chatpress.model;

/**
 * How often readers see that an emoji was put under a message.
 *
 * @param emoji the short name without colons and without a skin tone
 * @param character the emoji itself; empty for one of the workspace's own
 */
public record ReactionCount(String emoji, String character, int count) {}
