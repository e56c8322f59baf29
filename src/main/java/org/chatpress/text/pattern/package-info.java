/** Editors' patterns: regular expressions that turn text in messages into links, HTML or arguments. */
package org.chatpress.text.pattern;
