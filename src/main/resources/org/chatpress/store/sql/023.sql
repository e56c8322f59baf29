ALTER TABLE thread ADD COLUMN read_until TEXT;
ALTER TABLE thread ADD COLUMN newest_marker TEXT NOT NULL DEFAULT '';
ALTER TABLE thread ADD COLUMN rescan_until TEXT;
ALTER TABLE thread ADD COLUMN rescan_marker TEXT NOT NULL DEFAULT '';
ALTER TABLE thread ADD COLUMN rescanned_at TEXT;
CREATE INDEX thread_rescan ON thread (channel) WHERE rescan_until IS NOT NULL;
