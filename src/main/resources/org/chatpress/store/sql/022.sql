ALTER TABLE storage ADD COLUMN purge_error TEXT NOT NULL DEFAULT '';
ALTER TABLE storage ADD COLUMN purge_failing_since TEXT;

CREATE TABLE purge (
    storage    TEXT NOT NULL,
    key        TEXT NOT NULL,
    takedown   INTEGER NOT NULL,
    ready      INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    PRIMARY KEY (storage, key)
) STRICT, WITHOUT ROWID;
