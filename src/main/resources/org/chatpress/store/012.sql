-- Another Chatpress that publishes on a storage: this one puts and removes nothing there while it does.
CREATE TABLE rival (
    storage      TEXT PRIMARY KEY,
    pointer      TEXT NOT NULL,     -- where it was noticed
    since        TEXT NOT NULL,     -- when
    looked_at    TEXT NOT NULL,
    shown        TEXT NOT NULL,     -- a digest of its list of channels
    moved_at     TEXT NOT NULL,     -- when that digest was first seen
    changes      INTEGER NOT NULL,  -- of our own chats, at the last look
    changed_at   TEXT NOT NULL,     -- when that number was first seen
    behind_since TEXT               -- since when it has stood still and lacked something of ours
) STRICT;
