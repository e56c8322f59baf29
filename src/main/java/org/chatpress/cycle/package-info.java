/**
 * The loop that runs the program. Start reading Chatpress at {@link org.chatpress.cycle.Cycle}, which calls each stage in
 * order. {@link org.chatpress.cycle.CycleScheduler} decides when a cycle starts, and is the only class that uses Quartz.
 */
package org.chatpress.cycle;
