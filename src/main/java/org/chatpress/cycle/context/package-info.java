/** What every stage of a cycle receives: the settings, the time, and the report to write to. */
package org.chatpress.cycle.context;
