-- Whether the current call may have taken effect without an answer. A constant default: no row is rewritten.
ALTER TABLE issuance ADD COLUMN effect_unknown boolean NOT NULL DEFAULT false;
ALTER TABLE reversal ADD COLUMN effect_unknown boolean NOT NULL DEFAULT false;

-- Of calls whose tries gave no answer before this version nobody has kept which could have taken effect: any of them.
UPDATE issuance SET effect_unknown = true WHERE current_state = 'Suspended' OR (current_state = 'Issuing' AND called_at IS NOT NULL);
UPDATE reversal SET effect_unknown = true WHERE current_state = 'Suspended' OR (current_state = 'Reversing' AND called_at IS NOT NULL);
