-- Issuer queues, each of which belongs to one worker at a time: to its owner, while that one's lease lasts. There are as many rows as queues.
CREATE TABLE lane (
    number integer PRIMARY KEY,
    owner  text,
    epoch  bigint NOT NULL,
    since  timestamptz NOT NULL
);

-- A worker's lease on its lanes, and whether it takes more. Workers of before have neither.
ALTER TABLE worker_pulse
    ADD COLUMN takes_lanes boolean NOT NULL DEFAULT false,
    ADD COLUMN lanes_until timestamptz;
