package org.chatpress.model.slack;

import org.chatpress.model.UserId;

/**
 * Somebody who writes, as readers may see them.
 *
 * @param displayName the real name, else the user name; may be empty for a stranger
 * @param title the job title; may be empty
 * @param image48 an https address of a 48-pixel picture on one of Slack's own hosts; else empty. Other hosts' pictures
 *     are dropped: a gravatar address carries the MD5 of an e-mail address.
 * @param bot true for a bot or app user, whose reactions never count
 */
public record UserProfile(UserId id, String displayName, String title, String image48, boolean bot) {}
