-- Decisions that people have taken in ops, each written down before it is sent: a worker takes no other. Some are as old as the dead letters that hold them, so none is ever deleted.
CREATE TABLE decision (
    operation_id uuid PRIMARY KEY,
    content_hash bytea NOT NULL,
    -- The record of the audit that says who decided, and why.
    audit        bigint NOT NULL
);
