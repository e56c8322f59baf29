/**
 * Photos, avatars and custom emoji: downloads them from Slack, processes images (rotate, shrink, strip metadata), hands
 * them to the CMS or publishes them beside the chat. The only package that knows ImageIO.
 */
package org.chatpress.media;
