package org.chatpress.error;

/**
 * One thing wrong in the settings file.
 *
 * @param line where in the file, from 1; 0 where no line can be named (a missing file)
 * @param path the member, as in {@code publish[1].ftp.password}; may be empty
 * @param text what is wrong and what to write instead
 */
public record ConfigProblem(int line, String path, String text) {}
