-- The digest of a chat's metadata as its index shows it.
ALTER TABLE channel ADD COLUMN words TEXT NOT NULL DEFAULT '';
