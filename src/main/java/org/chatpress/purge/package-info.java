/**
 * Purges of CDNs: {@link org.chatpress.purge.CdnPurger} has an implementation for each kind of service. Comes in: URLs.
 * Goes out: requests to the service, in batches of the size that it takes. Which URLs are to be purged, and when to try
 * again, is decided elsewhere.
 */
package org.chatpress.purge;
