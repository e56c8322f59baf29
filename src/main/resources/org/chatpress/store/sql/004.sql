-- When each channel was last polled.
CREATE TABLE turn (
    channel   TEXT PRIMARY KEY,
    tried_at  TEXT NOT NULL,
    read_at   TEXT,
    talked_at TEXT
) STRICT;

DELETE FROM heartbeat WHERE what IN (SELECT id FROM channel);
