ALTER TABLE message ADD COLUMN missing INTEGER NOT NULL DEFAULT 0;
ALTER TABLE message ADD COLUMN missing_lookups INTEGER NOT NULL DEFAULT 0;
ALTER TABLE message ADD COLUMN missing_since TEXT;
DROP INDEX message_needs_refresh;
CREATE INDEX message_needs_refresh ON message (channel, ts) WHERE needs_refresh > 0;
