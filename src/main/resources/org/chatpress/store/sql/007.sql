-- Copies of authors' avatars.
CREATE TABLE picture (
    url        TEXT PRIMARY KEY,
    kind       TEXT,
    bytes      BLOB,
    not_before TEXT NOT NULL
) STRICT;

CREATE INDEX picture_due ON picture (not_before, url) WHERE kind IS NULL;
CREATE INDEX author_picture ON author (image_48);
