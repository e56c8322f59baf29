package org.chatpress.render;

import org.chatpress.model.UserId;

/** Somebody who wrote a public message, as readers see them; any text may be empty. */
public record Author(UserId id, String displayName, String title, String image48) {}
