/**
 * Photos, clips, avatars and custom emoji: downloads them from Slack, processes photos (rotates, shrinks, strips metadata),
 * and hands them to the CMS or publishes them beside the chat; converts clips and publishes them beside the chat. The only
 * package that uses ImageIO and runs ffmpeg.
 */
package org.chatpress.media;
