UPDATE fleet.annotation a SET now_signature = c.signature FROM fleet.crash c WHERE c.uid = a.uid;
CREATE INDEX IF NOT EXISTS annotation_now ON fleet.annotation (now_signature);
