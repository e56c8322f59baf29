-- What must leave the drop is found without a look at all that is in it.
CREATE INDEX photo_owed ON photo (id) WHERE in_drop = 1 AND wanted = 0;
CREATE INDEX photo_of_channel ON photo (channel) WHERE in_drop = 1;
