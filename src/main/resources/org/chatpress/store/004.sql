-- A channel's last turn to be read; when its next is due follows from it, and from how many others there are.
CREATE TABLE turn (
    channel   TEXT PRIMARY KEY,
    tried_at  TEXT NOT NULL,
    read_at   TEXT,                          -- the last that worked
    talked_at TEXT                           -- the last that brought something new or changed
) STRICT;

DELETE FROM heartbeat WHERE what IN (SELECT id FROM channel);
