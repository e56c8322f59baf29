package org.chatpress.model.slack;

import org.chatpress.model.UserId;

/**
 * What readers may know of a user.
 *
 * @param displayName the real name, or else the user name; empty if Slack does not know the user
 * @param title the job title; may be empty
 * @param image48 the https URL of the 48-pixel avatar on one of Slack's hosts; else empty. A gravatar URL would carry the
 *     MD5 of the e-mail address.
 * @param bot whether this is a bot or app, whose reactions do not count as approvals
 */
public record UserProfile(UserId id, String displayName, String title, String image48, boolean bot) {}
