-- 0007_redaction.sql - the texts of an entry that is redacted are destroyed; digest, grounds and date remain.
grant select, delete on personal_text to concordat_service;
