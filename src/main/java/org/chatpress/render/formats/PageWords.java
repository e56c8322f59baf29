package org.chatpress.render.formats;

import java.util.Locale;
import java.util.Map;

/**
 * The words of pages and feeds that no editor wrote.
 *
 * @param edited stands before the time of an edit
 * @param correction stands before the time of a correction
 * @param newest a format with two numbers: how many messages the page has, and how many the chat has
 */
record PageWords(String live, String closed, String edited, String correction, String newest) {
    private static final PageWords ENGLISH =
            new PageWords("Live", "This chat has ended", "Edited", "Correction,", "The newest %d of %d messages");

    private static final Map<String, PageWords> OTHERS = Map.of(
            "ar",
            new PageWords("مباشر", "انتهت التغطية", "عُدّل", "تصحيح،", "أحدث %d من %d من الرسائل"),
            "de",
            new PageWords(
                    "Live",
                    "Dieser Chat ist beendet",
                    "Bearbeitet:",
                    "Korrektur,",
                    "Die neuesten %d von %d Nachrichten"),
            "es",
            new PageWords(
                    "En directo",
                    "Este chat ha terminado",
                    "Editado:",
                    "Corrección,",
                    "Los %d mensajes más recientes de %d"),
            "fr",
            new PageWords(
                    "En direct",
                    "Ce direct est terminé",
                    "Modifié :",
                    "Correction,",
                    "Les %d messages les plus récents sur %d"),
            "pt",
            new PageWords(
                    "Ao vivo", "Este chat terminou", "Editado:", "Correção,", "As %d mensagens mais recentes de %d"));

    /** @param language a language tag; English is used for a language that is not here */
    static PageWords of(String language) {
        return OTHERS.getOrDefault(language.toLowerCase(Locale.ROOT).replaceFirst("-.*", ""), ENGLISH);
    }
}
