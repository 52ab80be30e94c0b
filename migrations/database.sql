-- The database itself, after roles.sql and before the first `concordatd migrate`; by a superuser.
CREATE DATABASE concordat OWNER concordat_owner;
