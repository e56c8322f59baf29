/** Decides which files of which chats to render, and stores them. The packages below this one render. */
package org.chatpress.render;
