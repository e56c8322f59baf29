/**
 * A workspace's export: read from a zip or folder that may be hostile, or replayed as if it happened now. It knows
 * Slack's shapes and nothing of what becomes of the messages.
 */
package org.chatpress.export;
