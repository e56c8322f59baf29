-- Pictures of authors, for the chats that publish them beside their files.
CREATE TABLE picture (
    url        TEXT PRIMARY KEY,            -- Slack's
    kind       TEXT,                        -- NULL: it is still to be fetched
    bytes      BLOB,
    not_before TEXT NOT NULL                -- the next try
) STRICT;

CREATE INDEX picture_due ON picture (not_before, url) WHERE kind IS NULL;
CREATE INDEX author_picture ON author (image_48);
