ALTER TABLE photo ADD COLUMN upload_folder TEXT;
CREATE INDEX photo_upload_abandoned ON photo (upload_folder) WHERE uploaded = 2;
