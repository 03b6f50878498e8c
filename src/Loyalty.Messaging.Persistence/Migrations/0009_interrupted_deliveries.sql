-- Deliveries that their processes have not survived, counted while each was worked on alone: so that the message that kills is told from those that were in hand with it.
CREATE TABLE interrupted_delivery (
    queue      text NOT NULL,
    message_id text NOT NULL,
    begun      integer NOT NULL,
    begun_at   timestamptz NOT NULL,
    PRIMARY KEY (queue, message_id)
);
