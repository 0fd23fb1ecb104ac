-- lint: allow drop
DROP TABLE "a;b";
CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM b; END;
DO $x$ begin; end $x$; /* ; */ SELECT 'it''s;'