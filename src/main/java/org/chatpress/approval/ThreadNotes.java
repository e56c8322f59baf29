package org.chatpress.approval;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.chatpress.model.Message;

/**
 * The notes in a thread that hold.
 *
 * @param notes oldest first
 */
public record ThreadNotes(List<Note> notes) {
    public static final ThreadNotes NONE = new ThreadNotes(List.of());

    public ThreadNotes {
        notes = notes.stream().sorted(Comparator.comparing(Note::ts)).toList();
    }

    /** Of a key the newest note holds; empty if there is none, or if it undoes the others. */
    public Optional<Note> newest(String key) {
        List<Note> all = all(key);
        return all.isEmpty()
                ? Optional.empty()
                : Optional.of(all.get(all.size() - 1))
                        .filter(note -> !note.value().isEmpty());
    }

    /** Every note of a key, oldest first. */
    public List<Note> all(String key) {
        return notes.stream().filter(note -> note.key().equals(key)).toList();
    }

    /** A message with the words of its newest {@code edit:} note in place of its own. */
    Message edited(Message message) {
        Optional<Note> edit = newest(Note.EDIT);
        if (edit.isEmpty()) {
            return message;
        }
        ObjectNode copy = message.json().deepCopy();
        copy.remove("blocks");
        copy.put("text", edit.get().value());
        ObjectNode edited = copy.putObject("edited");
        edit.get().author().ifPresent(author -> edited.put("user", author.value()));
        edited.put("ts", edit.get().ts().value());
        return new Message(message.ts(), copy);
    }
}
