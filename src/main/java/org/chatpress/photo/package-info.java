/**
 * Photos: one at a time, one stage further. In comes a photo as Slack has it, out goes one that readers may have:
 * upright, no wider than wanted, without anything that the camera wrote into it, in the CMS or beside the chat. The only
 * room that knows ImageIO and the libraries round it. It knows nothing of the store.
 */
package org.chatpress.photo;
