-- The statements of schema/fleet/write are run in the order of their names, once a batch, in its transaction:
-- $1 is the batch, a JSON list of verdicts in short (daemon/fleet/fleet_writer.h), $2 to $4 the machine, epoch and
-- generation of its source. From this one on no other writer is at work; what the transaction gave a number
-- has seq > base.
UPDATE fleet.feed SET base = last, last = last + jsonb_array_length($1::jsonb)
