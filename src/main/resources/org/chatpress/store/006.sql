-- The photos of messages, on their way from Slack to readers.
CREATE TABLE photo (
    channel    TEXT NOT NULL,
    ts         TEXT NOT NULL,
    file       TEXT NOT NULL,               -- Slack's id
    image      TEXT NOT NULL,               -- the file as it was approved, JSON
    attempt    INTEGER NOT NULL,            -- grows when it starts again
    id         TEXT NOT NULL,               -- its ProductID, and its name in the drop
    wanted     INTEGER NOT NULL DEFAULT 1,  -- 0: the message no longer shows it
    stage      TEXT NOT NULL,
    tries      INTEGER NOT NULL,            -- in vain, in this stage
    since      TEXT NOT NULL,               -- when it reached the stage
    not_before TEXT NOT NULL,               -- the next try
    reason     TEXT NOT NULL,               -- why it failed, or why the last try was in vain
    width      INTEGER NOT NULL DEFAULT 0,  -- as readers get it; 0 before it is READY
    height     INTEGER NOT NULL DEFAULT 0,
    extension  TEXT NOT NULL DEFAULT '',
    url        TEXT NOT NULL DEFAULT '',    -- in the CMS
    key        TEXT,                        -- its file beside the chat
    in_drop    INTEGER NOT NULL DEFAULT 0,  -- 1: it is in the drop, or may be
    bytes      BLOB,                        -- while it is READY
    PRIMARY KEY (channel, ts, file)
) STRICT;

CREATE INDEX photo_due ON photo (not_before) WHERE wanted = 1 AND stage IN ('WANTED', 'READY', 'DROPPED');
CREATE INDEX photo_failed ON photo (channel) WHERE wanted = 1 AND stage = 'FAILED';
CREATE INDEX photo_in_drop ON photo (id) WHERE in_drop = 1;
CREATE INDEX photo_key ON photo (key) WHERE key IS NOT NULL;
