/**
 * The command line: a class for each verb, and {@link org.chatpress.cli.Application}, which builds the program's objects.
 * Only this package reads the system clock, the environment and signals. Results go to stdout, logs to stderr.
 */
package org.chatpress.cli;
