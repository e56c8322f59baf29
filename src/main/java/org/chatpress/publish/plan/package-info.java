/**
 * Decides what to upload and delete, in which order and why, and who owns what is on a storage. Pure: knows no storage
 * and no database.
 */
package org.chatpress.publish.plan;
