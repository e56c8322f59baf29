-- Photos on their way from Slack to readers.
CREATE TABLE photo (
    channel    TEXT NOT NULL,
    ts         TEXT NOT NULL,
    file       TEXT NOT NULL,
    image      TEXT NOT NULL,
    attempt    INTEGER NOT NULL,
    id         TEXT NOT NULL,
    wanted     INTEGER NOT NULL DEFAULT 1,
    stage      TEXT NOT NULL,
    tries      INTEGER NOT NULL,
    since      TEXT NOT NULL,
    not_before TEXT NOT NULL,
    reason     TEXT NOT NULL,
    width      INTEGER NOT NULL DEFAULT 0,
    height     INTEGER NOT NULL DEFAULT 0,
    extension  TEXT NOT NULL DEFAULT '',
    url        TEXT NOT NULL DEFAULT '',
    key        TEXT,
    in_drop    INTEGER NOT NULL DEFAULT 0,
    bytes      BLOB,
    PRIMARY KEY (channel, ts, file)
) STRICT;

CREATE INDEX photo_due ON photo (not_before) WHERE wanted = 1 AND stage IN ('WANTED', 'READY', 'DROPPED');
CREATE INDEX photo_failed ON photo (channel) WHERE wanted = 1 AND stage = 'FAILED';
CREATE INDEX photo_in_drop ON photo (id) WHERE in_drop = 1;
CREATE INDEX photo_key ON photo (key) WHERE key IS NOT NULL;
