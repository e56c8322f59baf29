/** Figures, not verdicts: {@code mvn -Pbench verify} prints them. No part of the normal test run. */
package org.chatpress.bench;
