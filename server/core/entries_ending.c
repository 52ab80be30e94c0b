/*
 * entries_ending.c - the field tables of how care ends or passes on, and of complaints.
 *
 * As entries.c: the contract of the API and of the stored ledger at once.
 */
#include "entries_parts.h"

#include "concordat/core/fields.h"

static const struct field give_notice_fields[] = {
	DAY_F(give_notice, end_day, "ends", REQ, "the last day by this notice"),
	TEXT_F(give_notice, clause, REQ, 200,
	       "the clause it rests on: its key in the terms, or where the contract has it"),
	ENUM_F(give_notice, reason, REQ, notice_reason_names, "why"),
	PERSONAL_F(give_notice, detail, 0, 4000, "in words"),
};
TABLE(give_notice, struct give_notice, "One side gives notice to end the care");

static const struct field file_plan_fields[] = {
	PERSONAL_F(file_plan, plan, REQ, 4000, "the plan: who does what, by when"),
	INT_F(file_plan, document, 0, 1, SEQ_MOST, "the entry that attached it as a document"),
};
TABLE(file_plan, struct file_plan, "How the person leaves well, or is handed over");

static const struct field end_care_fields[] = {
	DAY_F(end_care, last_day, "last_day", REQ | PAY, "the last day of care"),
	ENUM_F(end_care, reason, REQ, care_ending_names, "how it ended"),
	PERSONAL_F(end_care, passed_on, REQ, 4000, "what was passed on, and to whom"),
	PERSONAL_F(end_care, owed, REQ, 4000, "what is owed either way, or that nothing is"),
};
TABLE(end_care, struct end_care, "Care has ended; its account stays open");

static const struct field record_death_fields[] = {
	DAY_F(record_death, died_day, "died_on", REQ | PAY, "the day the person died"),
	DAY_F(record_death, last_paid_day, "last_paid", PAY,
	      "the last day that is paid for, by the death clause"),
	TEXT_F(record_death, clause, 0, 200, "that clause"),
	PERSONAL_F(record_death, note, 0, 2000, "anything the other side should know"),
};
TABLE(record_death, struct record_death, "The person has died; reminders and letters stop");

static const struct field transfer_care_fields[] = {
	ENUM_F(transfer_care, reason, REQ, transfer_reason_names, "why another pays"),
	TEXT_F(transfer_care, payer, REQ, 200, "who pays from then"),
	ID_F(transfer_care, organisation, 0, "the same, where it is an authority here"),
	DAY_F(transfer_care, from_day, "from", REQ | PAY, "the first day that it pays"),
	TEXT_F(transfer_care, signed_by, REQ, 200, "who signs for it"),
	PERSONAL_F(transfer_care, note, 0, 2000, "anything to add"),
};
TABLE(transfer_care, struct transfer_care,
      "Another payer takes over; the day before is the last one here");

static const struct field novate_fields[] = {
	ID_F(novate, provider, REQ, "the provider that takes over"),
	ID_F(novate, home, 0, "its home"),
	DAY_F(novate, from_day, "from", REQ, "the first day that it provides the care"),
	PERSONAL_F(novate, reason, REQ, 2000, "why, such as a home that is sold"),
};
TABLE(novate, struct novate, "Another provider is to take over on the same terms");

static const struct field consent_to_novation_fields[] = {
	PERSONAL_F(consent_to_novation, note, 0, 2000, "anything to add"),
	ID_F(consent_to_novation, provider, DER, "the provider that takes over"),
	ID_F(consent_to_novation, home, DER, "its home"),
	DAY_F(consent_to_novation, from_day, "from", DER | PAY, "from this day"),
	DIGEST_F(consent_to_novation, terms_digest, DER, "digest of the terms taken over"),
	INT_F(consent_to_novation, agreement, DER, 1, SEQ_MOST,
	      "the agreement's number, once all three have consented"),
};
TABLE(consent_to_novation, struct consent_to_novation,
      "The other side consents, and then the provider that takes over");

static const struct field drop_novation_fields[] = {
	PERSONAL_F(drop_novation, reason, 0, 2000, "why"),
};
TABLE(drop_novation, struct drop_novation, "Nobody takes over: it is taken back, or declined");

static const struct field raise_complaint_fields[] = {
	INT_F(raise_complaint, number, DER, 1, SEQ_MOST, "the complaint's number"),
	ENUM_F(raise_complaint, subject, REQ, complaint_subject_names, "what it is about"),
	PERSONAL_F(raise_complaint, complaint, REQ, 4000, "what happened, and what should follow"),
};
TABLE(raise_complaint, struct raise_complaint, "A complaint about the other side");

static const struct field acknowledge_complaint_fields[] = {
	INT_F(acknowledge_complaint, number, REQ, 1, SEQ_MOST, "the complaint's number"),
	PERSONAL_F(acknowledge_complaint, note, 0, 2000, "who looks into it"),
};
TABLE(acknowledge_complaint, struct acknowledge_complaint, "The other side has the complaint");

static const struct field answer_complaint_fields[] = {
	INT_F(answer_complaint, number, REQ, 1, SEQ_MOST, "the complaint's number"),
	ENUM_F(answer_complaint, outcome, REQ, complaint_outcome_names, "what was found"),
	PERSONAL_F(answer_complaint, answer, REQ, 4000, "the answer, and what is done about it"),
};
TABLE(answer_complaint, struct answer_complaint, "The answer to a complaint");

static const struct field escalate_fields[] = {
	INT_F(escalate, number, REQ, 1, SEQ_MOST, "the complaint's number"),
	ENUM_F(escalate, to, REQ, escalation_names, "to whom"),
	TEXT_F(escalate, body, 0, 200, "the body's name, where it is another than the ombudsman"),
	PERSONAL_F(escalate, reason, REQ, 4000, "what is not answered"),
};
TABLE(escalate, struct escalate, "Who complained takes it one step higher");
