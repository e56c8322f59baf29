package org.chatpress.approval.policy;

import org.chatpress.model.UserId;

/** One person's emoji under a message, as far as approval cares. */
public record EditorReaction(UserId user, String emoji) {}
