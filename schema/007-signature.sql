-- By which way of making them a verdict's signatures were made, SIGNATURE_VERSION of rules/signature.h; NULL: before
-- these were counted. The daemon makes older ones anew.
ALTER TABLE verdict ADD COLUMN signature_version INTEGER;
CREATE INDEX verdict_signature_version ON verdict (signature_version);
