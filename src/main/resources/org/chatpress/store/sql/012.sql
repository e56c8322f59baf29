-- Another instance that publishes to the same storage.
CREATE TABLE rival (
    storage      TEXT PRIMARY KEY,
    pointer      TEXT NOT NULL,
    since        TEXT NOT NULL,
    looked_at    TEXT NOT NULL,
    shown        TEXT NOT NULL,
    moved_at     TEXT NOT NULL,
    changes      INTEGER NOT NULL,
    changed_at   TEXT NOT NULL,
    behind_since TEXT
) STRICT;
