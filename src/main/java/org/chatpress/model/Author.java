package org.chatpress.model;

/** The author of a public message as readers see them; any text may be empty. */
public record Author(UserId id, String displayName, String title, String image48) {}
