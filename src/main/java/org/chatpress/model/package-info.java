/**
 * Values that all packages share: ids, public messages, authors, photos, and small algorithms such as hashes and
 * backoff. Values are immutable and validated on construction. No access to files, network or database.
 */
package org.chatpress.model;
