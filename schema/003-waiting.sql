-- A packed dump that waits for room to be unpacked in: no failure, and no reason to hold up others.
ALTER TABLE job ADD COLUMN wait_until INTEGER; -- seconds since the epoch; not started before
ALTER TABLE job ADD COLUMN wait_bytes INTEGER; -- this much room was not enough
