/**
 * The turn of the press. {@link org.chatpress.cycle.Cycle} is the place to start reading Chatpress: it joins the rooms
 * below, which know nothing of each other, through the store.
 */
package org.chatpress.cycle;
