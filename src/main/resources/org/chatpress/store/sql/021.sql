ALTER TABLE message ADD COLUMN absent_since TEXT;
