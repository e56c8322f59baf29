/**
 * The loop that runs the program. {@link org.chatpress.cycle.Cycle} is the place to start reading Chatpress: it calls
 * each stage in order. {@link org.chatpress.cycle.CycleScheduler} decides when, and is the only class that knows Quartz.
 */
package org.chatpress.cycle;
