/** What every stage of a cycle is given: the settings, the time, and the report it writes to. */
package org.chatpress.cycle.context;
