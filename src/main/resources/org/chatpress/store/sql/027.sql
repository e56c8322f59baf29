CREATE INDEX purge_next ON purge (storage, takedown DESC, key) WHERE ready = 1;
