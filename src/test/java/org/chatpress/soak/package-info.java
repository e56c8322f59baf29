/** The program for a long time in a world in which everything goes wrong: {@code mvn -Psoak verify}. */
package org.chatpress.soak;
