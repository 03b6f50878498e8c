-- What the sagas come back to by themselves, what people decided, and the issuer's transaction day.
-- Columns with constant defaults: no row is rewritten.
ALTER TABLE issuance
    ADD COLUMN transaction_day date,
    ADD COLUMN called_at       timestamptz,
    ADD COLUMN timer_token     uuid,
    ADD COLUMN timer_due_at    timestamptz,
    ADD COLUMN tries           integer NOT NULL DEFAULT 0,
    ADD COLUMN decisions       jsonb NOT NULL DEFAULT '[]';

ALTER TABLE reversal
    ADD COLUMN transaction_day date,
    ADD COLUMN called_at       timestamptz,
    ADD COLUMN claim_number    integer NOT NULL DEFAULT 0,
    ADD COLUMN correction      jsonb,
    ADD COLUMN timer_token     uuid,
    ADD COLUMN timer_due_at    timestamptz,
    ADD COLUMN tries           integer NOT NULL DEFAULT 0,
    ADD COLUMN decisions       jsonb NOT NULL DEFAULT '[]';

-- Both tables are new with this version: where they are large, make these beforehand with CREATE INDEX CONCURRENTLY under the same names.
CREATE INDEX IF NOT EXISTS "IX_issuance_transaction_day" ON issuance (transaction_day);
CREATE INDEX IF NOT EXISTS "IX_reversal_transaction_day" ON reversal (transaction_day);
