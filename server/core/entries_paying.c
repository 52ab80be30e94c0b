/*
 * entries_paying.c - the field tables of who pays what, and until when: interim terms, payers,
 * top-ups, nights away.
 *
 * As entries.c: the contract of the API and of the stored ledger at once.
 */
#include "entries_parts.h"

#include "concordat/core/fields.h"

#define PERCENT_R INT64_C(10000) /* one per cent */

static const struct field payer_amount_fields[] = {
	ENUM_F(payer_amount, funder, DER, funder_names, "who pays"),
	F(payer_amount, amount_p, "amount", FIELD_MONEY, DER, -MONEY_SUM_MOST_P, MONEY_SUM_MOST_P,
	  NULL, NULL, "how much; below zero it goes back"),
};
TABLE(payer_amount, struct payer_amount, "One payer's amount");

static const struct field agree_interim_terms_fields[] = {
	MONEY_F(agree_interim_terms, weekly_p, "weekly", REQ, "what is paid a week until then"),
	ENUM_F(agree_interim_terms, basis, REQ, interim_basis_names,
	       "whether the signed terms may come to another amount from the same day"),
	DAY_F(agree_interim_terms, from_day, "from", REQ, "the first day it is paid for"),
	ENUM_F(agree_interim_terms, side, DER, side_names, "whose entry it is"),
	BOOL_F(agree_interim_terms, is_agreed, DER,
	       "true when the other side has entered the same"),
};
TABLE(agree_interim_terms, struct agree_interim_terms,
      "What is paid until terms are signed; agreed once both sides have entered the same");

static const struct field change_funding_fields[] = {
	DAY_F(change_funding, from_day, "from", REQ | PAY, "the first day it is so"),
	LIST_F(change_funding, funding, REQ | SID, 1, 8, &funding_part_schema,
	       "who pays what from then on; the fee is as it was"),
	TEXT_F(change_funding, reference, 0, 60,
	       "of the financial assessment or the letter; nothing about the person"),
	MONEY_F(change_funding, weekly_p, "weekly", DER | SID, "the weekly fee on that day"),
};
TABLE(change_funding, struct change_funding, "Other payers, or other parts, of the same fee");

static const struct field sign_top_up_fields[] = {
	DAY_F(sign_top_up, signed_day, "signed_on", REQ | PAY, "the day the third party signed"),
	TEXT_F(sign_top_up, reference, REQ | PAY, 60, "of the agreement with the third party"),
	MONEY_F(sign_top_up, weekly_p, "weekly", REQ | PAY, "what the third party pays a week"),
	ID_F(sign_top_up, organisation, PAY,
	     "the co-payer that pays it, where one does; the commissioner names it where several "
	     "pay the same"),
};
TABLE(sign_top_up, struct sign_top_up, "A third party's own written agreement to a top-up");

static const struct field record_absence_fields[] = {
	ENUM_F(record_absence, kind, REQ, absence_kind_names, "why the person is away"),
	DAY_F(record_absence, from_day, "from", REQ | PAY, "the first night away"),
	DAY_F(record_absence, to_day, "to", PAY, "the last one; left out while it is not known"),
	F(record_absence, held_r, "held", FIELD_RATE, SID | PAY, 0, 100 * PERCENT_R, NULL, NULL,
	  "the percentage of the fee that is paid to hold the bed; 100 when left out"),
	INT_F(record_absence, number, DER, 1, SEQ_MOST, "its number in the placement"),
};
TABLE(record_absence, struct record_absence, "The person is away for some nights");

static const struct field end_absence_fields[] = {
	INT_F(end_absence, number, 0, 1, SEQ_MOST, "the absence's number; the open one, left out"),
	DAY_F(end_absence, to_day, "to", REQ | PAY, "the last night away"),
};
TABLE(end_absence, struct end_absence, "The person is back");
