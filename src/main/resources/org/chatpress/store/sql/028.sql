ALTER TABLE custom_emoji ADD COLUMN stood_for TEXT;
ALTER TABLE custom_emoji ADD COLUMN approves_after TEXT;
UPDATE custom_emoji SET stands_for = NULL;
DELETE FROM custom_emoji_fetch;
