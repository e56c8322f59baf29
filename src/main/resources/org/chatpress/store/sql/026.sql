CREATE TABLE clip (
    channel     TEXT NOT NULL,
    ts          TEXT NOT NULL,
    file_id     TEXT NOT NULL,
    file        TEXT NOT NULL,
    attempt     INTEGER NOT NULL,
    active      INTEGER NOT NULL DEFAULT 1,
    stage       TEXT NOT NULL,
    tries       INTEGER NOT NULL,
    stage_since TEXT NOT NULL,
    not_before  TEXT NOT NULL,
    reason      TEXT NOT NULL,
    progress    INTEGER NOT NULL DEFAULT 0,
    width       INTEGER NOT NULL DEFAULT 0,
    height      INTEGER NOT NULL DEFAULT 0,
    length      INTEGER NOT NULL DEFAULT 0,
    bytes       INTEGER NOT NULL DEFAULT 0,
    key         TEXT,
    poster      TEXT,
    PRIMARY KEY (channel, ts, file_id)
) STRICT;

CREATE INDEX clip_in_progress ON clip (active) WHERE active = 1 AND stage IN ('REQUESTED', 'PROCESSED');
CREATE INDEX clip_failed ON clip (channel) WHERE active = 1 AND stage = 'FAILED';
CREATE INDEX clip_key ON clip (key) WHERE key IS NOT NULL;
CREATE INDEX rendered_file_clip ON rendered_file (role) WHERE role = 'CLIP';

ALTER TABLE storage_file ADD COLUMN uploading INTEGER NOT NULL DEFAULT 0;
CREATE INDEX storage_file_uploading ON storage_file (uploading) WHERE uploading = 1;
