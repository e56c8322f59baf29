package org.chatpress.approval;

import org.chatpress.model.UserId;

/** One person's emoji under a message, as far as approval cares. */
public record Mark(UserId user, String emoji) {}
