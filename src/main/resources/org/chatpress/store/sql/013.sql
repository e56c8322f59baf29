-- Tables, columns and indexes get the names that the code uses. Rows keep their values, except constants that have a
-- new name. Renaming rewrites no table; the indexes that are made again are small or narrow.

ALTER TABLE channel RENAME COLUMN bottom TO oldest_ts;
ALTER TABLE channel RENAME COLUMN head TO newest_ts;
ALTER TABLE channel RENAME COLUMN rule TO policy_digest;
ALTER TABLE channel RENAME COLUMN face TO metadata;
ALTER TABLE channel RENAME COLUMN place TO sort_order;
ALTER TABLE channel RENAME COLUMN updated TO updated_at;
ALTER TABLE channel RENAME COLUMN base TO pages_seq;
ALTER TABLE channel RENAME COLUMN rendered TO pointer_seq;
ALTER TABLE channel RENAME COLUMN promised TO max_pointer_seq;
ALTER TABLE channel RENAME COLUMN newest_seq TO newest_files_seq;
ALTER TABLE channel RENAME COLUMN newest_at TO newest_files_at;
ALTER TABLE channel RENAME COLUMN newest_size TO newest_files_size;
ALTER TABLE channel RENAME COLUMN complete TO backfilled;
ALTER TABLE channel RENAME COLUMN trouble TO last_error;
ALTER TABLE channel RENAME COLUMN words TO index_digest;
UPDATE channel SET status = 'REMOVED' WHERE status = 'LEFT';

ALTER TABLE sweep RENAME TO rescan;

ALTER TABLE turn RENAME TO poll;
ALTER TABLE poll RENAME COLUMN tried_at TO attempted_at;
ALTER TABLE poll RENAME COLUMN read_at TO succeeded_at;
ALTER TABLE poll RENAME COLUMN talked_at TO last_activity_at;

ALTER TABLE heartbeat RENAME TO timestamps;
ALTER TABLE timestamps RENAME COLUMN what TO name;
UPDATE timestamps SET name = 'rescan ' || substr(name, 7) WHERE name LIKE 'sweep %';

ALTER TABLE message RENAME COLUMN seen TO from_api;
ALTER TABLE message RENAME COLUMN suspect TO needs_refresh;
ALTER TABLE message RENAME COLUMN sightings TO reappearances;
ALTER TABLE message RENAME COLUMN judged TO review_started;
ALTER TABLE message RENAME COLUMN settled TO review_done;
ALTER TABLE message RENAME COLUMN read_at TO polled_at;
ALTER TABLE message RENAME COLUMN memory TO review_state;
ALTER TABLE message RENAME COLUMN approved TO approved_raw;
ALTER TABLE message RENAME COLUMN root TO thread_ts;
ALTER TABLE message RENAME COLUMN aside TO thread_only;
ALTER TABLE message RENAME COLUMN answer TO feedback;
UPDATE message
SET review_state = replace(review_state, ':"SOMEBODY"', ':"NOT_APPROVER"')
WHERE review_state LIKE '%:"SOMEBODY"%';
UPDATE message SET verdict = 'COMMAND' WHERE verdict = 'NOTE';
DROP INDEX message_to_judge;
CREATE INDEX message_needs_review ON message (channel, ts) WHERE review_started = 0 OR review_done = 0;
DROP INDEX message_suspect;
CREATE INDEX message_needs_refresh ON message (channel, ts) WHERE needs_refresh = 1;

ALTER TABLE thread RENAME COLUMN latest TO latest_ts;
ALTER TABLE thread RENAME COLUMN told TO reply_marker;
ALTER TABLE thread RENAME COLUMN read TO read_marker;
ALTER TABLE thread RENAME COLUMN tried_at TO attempted_at;
DROP INDEX thread_tried;
CREATE INDEX thread_attempted ON thread (channel, attempted_at);

ALTER TABLE person RENAME TO user_profile;
ALTER TABLE user_profile RENAME COLUMN bot TO is_bot;
ALTER TABLE user_profile RENAME COLUMN asked_at TO fetched_at;
DROP INDEX person_asked;
CREATE INDEX user_profile_fetched ON user_profile (fetched_at, id);

ALTER TABLE public_message RENAME COLUMN more TO details;
ALTER TABLE public_message RENAME COLUMN shared TO share_page_current;
DROP INDEX public_message_unshared;
CREATE INDEX public_message_share_page ON public_message (channel, ts) WHERE share_page_current = 0;
ALTER TABLE public_reply RENAME COLUMN root TO thread_ts;

ALTER TABLE page RENAME COLUMN start TO start_ts;
ALTER TABLE page RENAME COLUMN first TO first_ts;

ALTER TABLE file RENAME TO rendered_file;
DROP INDEX file_version;
CREATE INDEX rendered_file_version ON rendered_file (channel, version);
DROP INDEX file_role;
CREATE INDEX rendered_file_role ON rendered_file (channel, role);

ALTER TABLE held RENAME TO file_message;
DROP INDEX held_key;
CREATE INDEX file_message_key ON file_message (key);

ALTER TABLE delivery RENAME TO storage_file;
ALTER TABLE storage_file RENAME COLUMN since TO unreferenced_since;
DROP INDEX delivery_state;
UPDATE storage_file
SET state = CASE state
        WHEN 'WANTED' THEN 'DESIRED'
        WHEN 'RETIRED' THEN 'GRACE'
        WHEN 'DOOMED' THEN 'TAKEDOWN_PENDING'
        WHEN 'OWED' THEN 'DELETE_PENDING'
        ELSE state
    END;
CREATE INDEX storage_file_state ON storage_file (storage, state, channel);
DROP INDEX delivery_channel;
CREATE INDEX storage_file_channel ON storage_file (channel, role);
DROP INDEX delivery_key;
CREATE INDEX storage_file_key ON storage_file (key);

ALTER TABLE shelf RENAME TO storage_progress;

ALTER TABLE storage RENAME COLUMN good_at TO last_success_at;
ALTER TABLE storage RENAME COLUMN trouble TO last_error;
ALTER TABLE storage ADD COLUMN conflict_pointer TEXT;
ALTER TABLE storage ADD COLUMN conflict_since TEXT;
UPDATE storage
SET conflict_pointer = (SELECT pointer FROM rival WHERE rival.storage = name),
    conflict_since = (SELECT since FROM rival WHERE rival.storage = name);
DROP TABLE rival;

ALTER TABLE mark RENAME TO feedback;
ALTER TABLE feedback RENAME COLUMN sure TO confirmed;
UPDATE feedback SET kind = 'REPLY' WHERE kind = 'NOTE';
ALTER TABLE mark_due RENAME TO feedback_queue;
ALTER TABLE feedback_queue RENAME COLUMN times TO generation;

DROP INDEX photo_due;
DROP INDEX photo_in_drop;
DROP INDEX photo_of_channel;
DROP INDEX photo_owed;
ALTER TABLE photo RENAME COLUMN file TO file_id;
ALTER TABLE photo RENAME COLUMN wanted TO active;
ALTER TABLE photo RENAME COLUMN since TO stage_since;
ALTER TABLE photo RENAME COLUMN in_drop TO uploaded;
UPDATE photo
SET stage = CASE stage
        WHEN 'WANTED' THEN 'REQUESTED'
        WHEN 'READY' THEN 'PROCESSED'
        WHEN 'DROPPED' THEN 'UPLOADED'
        ELSE stage
    END;
CREATE INDEX photo_due ON photo (not_before)
    WHERE active = 1 AND stage IN ('REQUESTED', 'PROCESSED', 'UPLOADED');
CREATE INDEX photo_uploaded ON photo (id) WHERE uploaded = 1;
CREATE INDEX photo_uploaded_of_channel ON photo (channel) WHERE uploaded = 1;
CREATE INDEX photo_upload_delete_pending ON photo (id) WHERE uploaded = 1 AND active = 0;

ALTER TABLE picture RENAME TO mirrored_image;
ALTER TABLE mirrored_image RENAME COLUMN kind TO format;
DROP INDEX picture_due;
CREATE INDEX mirrored_image_due ON mirrored_image (not_before, url) WHERE format IS NULL;
DROP INDEX author_picture;
CREATE INDEX author_image ON author (image_48);

ALTER TABLE emoji RENAME TO custom_emoji;
ALTER TABLE custom_emoji RENAME COLUMN stands_for TO target;
DROP INDEX emoji_unasked;
CREATE INDEX custom_emoji_unknown ON custom_emoji (name) WHERE target IS NULL;
ALTER TABLE emoji_list RENAME TO custom_emoji_fetch;
ALTER TABLE custom_emoji_fetch RENAME COLUMN asked_at TO attempted_at;
ALTER TABLE public_emoji RENAME COLUMN leads_to TO target;
DROP INDEX public_emoji_picture;
CREATE INDEX public_emoji_image ON public_emoji (target, channel) WHERE target <> '';
