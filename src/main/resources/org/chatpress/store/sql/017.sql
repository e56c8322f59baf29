ALTER TABLE channel ADD COLUMN gap_until_ts TEXT;
ALTER TABLE channel ADD COLUMN gap_newest_ts TEXT;
