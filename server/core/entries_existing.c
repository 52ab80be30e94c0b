/*
 * entries_existing.c - the field tables of care that already runs when it is brought here.
 *
 * As entries.c: the contract of the API and of the stored ledger at once.
 */
#include "entries_parts.h"

#include "concordat/core/fields.h"

static const struct field record_existing_agreement_fields[] = {
	ID_F(record_existing_agreement, provider, REQ, "the provider organisation"),
	ID_F(record_existing_agreement, home, REQ, "the home"),
	OBJECT_F(record_existing_agreement, terms, REQ, &terms_schema,
		 "what is agreed: start is the day these terms are from"),
	DAY_F(record_existing_agreement, started_day, "started", REQ, "the day care started"),
	DAY_F(record_existing_agreement, next_review_day, "next_review", REQ,
	      "the day by which the next review is held"),
	ENUM_F(record_existing_agreement, review_kind, 0, review_kind_names,
	       "which review that is; yearly when left out"),
	TEXT_F(record_existing_agreement, contract_reference, 0, 60,
	       "of the contract; nothing about the person"),
	INT_F(record_existing_agreement, number, DER, 1, SEQ_MOST, "its number among the offers"),
	DIGEST_F(record_existing_agreement, terms_digest, DER, "digest of the canonical terms"),
	ID_F(record_existing_agreement, import, DER | COM, "the caseload it came in with"),
};
TABLE(record_existing_agreement, struct record_existing_agreement,
      "The terms of care that already runs, for the provider to confirm");

static const struct field confirm_existing_agreement_fields[] = {
	DIGEST_F(confirm_existing_agreement, terms_digest, REQ | SID,
		 "digest of the terms confirmed"),
	INT_F(confirm_existing_agreement, number, DER | SID, 1, SEQ_MOST,
	      "the offer that held them"),
	INT_F(confirm_existing_agreement, agreement, DER, 1, SEQ_MOST, "the agreement's number"),
	DAY_F(confirm_existing_agreement, started_day, "started", DER | PAY,
	      "the day care started"),
};
TABLE(confirm_existing_agreement, struct confirm_existing_agreement,
      "The provider confirms the terms of care that already runs");
