package org.chatpress.support;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;

/** A user of a {@link FakeWorkspace}, described step by step: {@code person("U1", "Ada").title("Editor").bot()}. */
public final class FakePerson {
    private final ObjectNode user = JsonNodeFactory.instance.objectNode();
    private final ObjectNode profile = JsonNodeFactory.instance.objectNode();

    FakePerson(String id, String realName) {
        user.put("id", id).put("name", id.toLowerCase(Locale.ROOT)).put("is_bot", false);
        realName(realName);
        title("");
        image48("https://avatars.slack-edge.com/2026-01-01/" + id + "_48.png");
    }

    public synchronized FakePerson realName(String realName) {
        user.put("real_name", realName);
        profile.put("real_name", realName);
        return this;
    }

    /** The user name, of which there is always one. */
    public synchronized FakePerson name(String name) {
        user.put("name", name);
        return this;
    }

    public synchronized FakePerson title(String title) {
        profile.put("title", title);
        return this;
    }

    public synchronized FakePerson image48(String address) {
        profile.put("image_48", address);
        return this;
    }

    public synchronized FakePerson bot() {
        user.put("is_bot", true);
        return this;
    }

    synchronized ObjectNode json() {
        ObjectNode json = user.deepCopy();
        json.set("profile", profile.deepCopy());
        return json;
    }
}
