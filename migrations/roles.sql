-- The three roles of a cluster that holds Concordat. A superuser runs this once, before the first
-- `concordatd migrate`; running it again changes nothing. Migrations grant what each role may do.
--
--   concordat_owner    owns the schema and migrates it; nothing runs as it day to day
--   concordat_service  appends facts and what goes with them
--   concordat_reader   reads, under row-level security
--
-- No password is set here: use peer or certificate authentication, or ALTER ROLE ... PASSWORD.
DO $$
DECLARE
	role text;
BEGIN
	FOREACH role IN ARRAY ARRAY['concordat_owner', 'concordat_service', 'concordat_reader'] LOOP
		IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
			EXECUTE format('CREATE ROLE %I LOGIN', role);
		END IF;
	END LOOP;
END
$$;
