/** Renders the chats that changed and stores the files. The rendering itself is in the packages below this one. */
package org.chatpress.render;
