-- Deliveries that may not be the first of their message, from when they are begun until they have ended: what is left are those that their processes have not survived.
CREATE TABLE interrupted_delivery (
    queue      text NOT NULL,
    message_id text NOT NULL,
    begun      integer NOT NULL,
    -- Of these, how often nothing else of its kind was in work: so that the message that kills is told from those that were in hand with it.
    alone      integer NOT NULL DEFAULT 0,
    begun_at   timestamptz NOT NULL,
    PRIMARY KEY (queue, message_id)
);
