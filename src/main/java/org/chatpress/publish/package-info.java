/**
 * Brings what was rendered to the storages. In come the files that are wanted and what a storage has, out come puts and
 * deletes, each noted before and after. Each storage is served on its own, files side by side where it stands that; a
 * takedown comes before everything else. {@link org.chatpress.publish.Publisher} tells the story.
 */
package org.chatpress.publish;
