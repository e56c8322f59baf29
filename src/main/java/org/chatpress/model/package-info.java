/**
 * Values that all packages share: ids, public messages, authors, photos. Immutable and validated on construction; no
 * files, networks or databases.
 */
package org.chatpress.model;
