-- Indexes that find the photos to delete from the upload folder of the CMS.
CREATE INDEX photo_owed ON photo (id) WHERE in_drop = 1 AND wanted = 0;
CREATE INDEX photo_of_channel ON photo (channel) WHERE in_drop = 1;
