ALTER TABLE custom_emoji ADD COLUMN stands_for TEXT;
DELETE FROM custom_emoji_fetch;
