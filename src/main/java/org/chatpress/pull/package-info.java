/**
 * Which stretches of a channel to read next, and what an answer says by what is missing in it. In come positions and
 * readings, out come stretches and suspicions. Pure: it asks Slack nothing itself.
 */
package org.chatpress.pull;
