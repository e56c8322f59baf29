/** When cycles run. The only room that knows Quartz. */
package org.chatpress.schedule;
