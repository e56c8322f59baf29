/**
 * The command line: a class for each verb, and {@link org.chatpress.cli.Wiring}, which builds the objects by hand. The
 * only room that reads the system's clock, its environment and its signals. stdout is the answer, stderr is the talk.
 */
package org.chatpress.cli;
