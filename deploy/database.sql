-- Run once per server, as a superuser, with psql. It can be run again, for example to set new passwords:
--   F1_OWNER_PASSWORD=… F1_ETL_PASSWORD=… F1_API_PASSWORD=… psql -X -f deploy/database.sql
-- Creates the three roles and the empty database f1. A password that is not given is left unchanged.
--   f1_owner  owns everything and migrates      f1_etl  reads and writes rows      f1_api  reads
\set ON_ERROR_STOP on
\set QUIET on
\getenv owner_password F1_OWNER_PASSWORD
\getenv etl_password F1_ETL_PASSWORD
\getenv api_password F1_API_PASSWORD

-- Keeps passwords out of the server's log.
SET log_statement = 'none';
SET log_min_error_statement = 'panic';
SET log_min_duration_statement = -1;

SELECT 'CREATE ROLE f1_owner LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'f1_owner') \gexec
\ir roles.sql

\if :{?owner_password}
    ALTER ROLE f1_owner PASSWORD :'owner_password';
\endif
\if :{?etl_password}
    ALTER ROLE f1_etl PASSWORD :'etl_password';
\endif
\if :{?api_password}
    ALTER ROLE f1_api PASSWORD :'api_password';
\endif

SELECT 'CREATE DATABASE f1 OWNER f1_owner TEMPLATE template0 ENCODING ''UTF8'' LOCALE ''C.UTF-8'''
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'f1') \gexec
