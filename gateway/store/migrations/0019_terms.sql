-- What the night erases because its term is over is found by when it ended.
CREATE INDEX shift_ended ON shift (ends_at) WHERE state IN ('over', 'missed', 'cancelled');
CREATE INDEX food_referral_closed ON food_referral (closed_at) WHERE closed_at IS NOT NULL;
