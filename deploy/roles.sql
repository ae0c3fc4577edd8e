-- Run once per cluster, as a superuser. Migrations only GRANT to these roles.
-- Then set passwords: ALTER ROLE f1_api PASSWORD '…';
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'f1_etl') THEN
        CREATE ROLE f1_etl LOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'f1_api') THEN
        CREATE ROLE f1_api LOGIN;
        ALTER ROLE f1_api SET default_transaction_read_only = on;
    END IF;
END $$;
