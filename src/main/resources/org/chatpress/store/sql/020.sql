ALTER TABLE message ADD COLUMN reactions_at TEXT;
