-- What kind of device a part is, where a log says so.
ALTER TABLE fleet.part ADD COLUMN model TEXT;
