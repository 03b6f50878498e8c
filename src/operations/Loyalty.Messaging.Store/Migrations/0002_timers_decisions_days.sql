-- What the sagas come back to by themselves, what people decided, and the issuer's transaction day.
-- Columns with constant defaults: no row is rewritten.
ALTER TABLE issuance
    ADD COLUMN IF NOT EXISTS transaction_day date,
    ADD COLUMN IF NOT EXISTS called_at       timestamptz,
    ADD COLUMN IF NOT EXISTS timer_token     uuid,
    ADD COLUMN IF NOT EXISTS timer_due_at    timestamptz,
    ADD COLUMN IF NOT EXISTS tries           integer NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS decisions       jsonb NOT NULL DEFAULT '[]';

ALTER TABLE reversal
    ADD COLUMN IF NOT EXISTS transaction_day date,
    ADD COLUMN IF NOT EXISTS called_at       timestamptz,
    ADD COLUMN IF NOT EXISTS claim_number    integer NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS correction      jsonb,
    ADD COLUMN IF NOT EXISTS timer_token     uuid,
    ADD COLUMN IF NOT EXISTS timer_due_at    timestamptz,
    ADD COLUMN IF NOT EXISTS tries           integer NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS decisions       jsonb NOT NULL DEFAULT '[]';

-- Where the tables are large, run beforehand, while everything works on: the two statements above, and then these with CREATE INDEX CONCURRENTLY IF NOT EXISTS, in no transaction.
CREATE INDEX IF NOT EXISTS "IX_issuance_transaction_day" ON issuance (transaction_day);
CREATE INDEX IF NOT EXISTS "IX_reversal_transaction_day" ON reversal (transaction_day);
