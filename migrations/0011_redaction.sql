-- 0011_redaction.sql - the texts of an entry that is redacted are destroyed; digest, grounds and date remain.
grant select, delete on personal_text to concordat_service;

-- The data protection lead, who alone may redact.
alter table membership drop constraint membership_role_check,
	add constraint membership_role_check check (role in ('case_officer', 'panel_member', 'signatory', 'manager', 'negotiator',
		'mediator', 'representative', 'auditor', 'administrator', 'data_protection'));
