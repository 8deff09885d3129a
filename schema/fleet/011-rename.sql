-- What the next one makes anew: sightings and titles by their crash's number, which grows, and no more by its uid, which
-- is chance: an index of chance is written to all over, and the more there is of it the more of the disk that is.
ALTER TABLE fleet.source ADD COLUMN id BIGINT;
ALTER TABLE fleet.crash ADD COLUMN was_hardware TEXT;
DROP INDEX fleet.sighting_number;
DROP INDEX fleet.sighting_path;
DROP INDEX fleet.title_time;
ALTER TABLE fleet.sighting RENAME TO sighting_by_uid;
ALTER TABLE fleet.title RENAME TO title_by_uid;
