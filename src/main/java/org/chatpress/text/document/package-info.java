/** A parsed message as blocks and spans, its HTML and plain-text writers, and the rules for safe HTML and links. */
package org.chatpress.text.document;
