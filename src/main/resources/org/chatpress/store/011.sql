-- A digest of the channel's own words as its index has them: while they stay, so does the index.
ALTER TABLE channel ADD COLUMN words TEXT NOT NULL DEFAULT '';
