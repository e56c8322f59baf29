/** What operators monitor: the health of the program, as {@code status} and Prometheus show it. */
package org.chatpress.health;
