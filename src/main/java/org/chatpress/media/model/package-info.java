/** Values of the media pipeline: a photo's states as a transition table, what is stored of it, its settings. Pure. */
package org.chatpress.media.model;
