/** Fakes and other things that tests of every room use. A fake keeps state and behaves as the real thing does. */
package org.chatpress.support;
