-- Who asked and who allowed, not by their names alone: a name may be changed, and one person may have several. Jobs of before have none.
ALTER TABLE job
    ADD COLUMN created_identity  text,
    ADD COLUMN approved_identity text;

-- What needs a second person may wait or be cancelled; begun it is only with one. Names that differ in their capitals are one name.
ALTER TABLE job
    ADD CONSTRAINT job_begun_when_approved CHECK (needs_approval IS NULL OR state IN ('AwaitingApproval', 'Cancelled') OR approved_by IS NOT NULL),
    ADD CONSTRAINT job_approved_by_another CHECK (
        approved_by IS NULL OR (lower(approved_by) <> lower(created_by) AND approved_identity <> created_identity));

-- Whoever needs a second person cannot stop needing one, nor become somebody else.
CREATE FUNCTION job_keeps_its_second_person() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'who asked for a job, and that it needs a second person, stay as they were written'; END $$;
CREATE TRIGGER job_second_person_kept BEFORE UPDATE OF needs_approval, created_by, created_identity ON job FOR EACH ROW
    WHEN (OLD.created_by <> NEW.created_by OR OLD.created_identity IS DISTINCT FROM NEW.created_identity
        OR (OLD.needs_approval IS NOT NULL AND NEW.needs_approval IS NULL))
    EXECUTE FUNCTION job_keeps_its_second_person();

-- What people do without a second person: it counts together for a while.
CREATE TABLE lone_act (
    id       uuid PRIMARY KEY,
    name     text NOT NULL,
    identity text NOT NULL,
    at       timestamptz NOT NULL,
    things   integer NOT NULL,
    miles    bigint NOT NULL
);
CREATE INDEX "IX_lone_act_at" ON lone_act (at);

-- At most so many miles, as they were looked at when the job was made; null where there was no telling. With more the item is left out.
ALTER TABLE job_item ADD COLUMN miles integer;

-- It came without an order or refund that could be read, and whoever edited it has said which. A constant default: no row is rewritten.
ALTER TABLE dead_letter ADD COLUMN key_by_hand boolean NOT NULL DEFAULT false;
