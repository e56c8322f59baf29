/** Values of the media stage that the database stores or the settings hold: photos, their states, photo settings. Pure. */
package org.chatpress.media.model;
