/**
 * Photos, avatars and custom emoji: downloads them from Slack, processes photos (rotates, shrinks, strips metadata),
 * and hands them to the CMS or publishes them beside the chat. The only package that uses ImageIO.
 */
package org.chatpress.media;
