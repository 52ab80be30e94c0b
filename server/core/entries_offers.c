/*
 * entries_offers.c - the field tables of what is offered, chosen, mediated, accepted and signed.
 *
 * As entries.c: the contract of the API and of the stored ledger at once.
 */
#include "entries_parts.h"

#include "concordat/core/fields.h"

#define MARKS_MOST 1000000 /* 100, in ten-thousandths */

static const struct field line_reason_fields[] = {
	TEXT_F(line_reason, key, REQ, 40, "the line's key"),
	PERSONAL_F(line_reason, reason, REQ, 1000, "why it is moved, added or taken out"),
};
static TABLE(line_reason, struct line_reason, "Why a counter-offer changes a line");

static const struct field line_answer_fields[] = {
	TEXT_F(line_answer, key, DER, 40, "the line's key"),
	ENUM_F(line_answer, what, DER, line_change_kind_names, "what becomes of it"),
};
static TABLE(line_answer, struct line_answer, "What a counter-offer does to a line");

static const struct field make_offer_fields[] = {
	F(make_offer, terms, "terms", FIELD_OBJECT, REQ, 0, 0, &terms_schema, NULL, "the terms"),
	LIST_F(make_offer, line_reasons, 0, 0, 120, &line_reason_schema,
	       "of a counter-offer: why each line that it moves, adds or takes out"),
	LIST_F(make_offer, line_answers, DER, 0, 120, &line_answer_schema,
	       "of a counter-offer: which lines it accepts, moves, adds, removes"),
	INT_F(make_offer, answers, DER, 1, SEQ_MOST,
	      "of a counter-offer: the number of the offer that it answers"),
	DAY_F(make_offer, valid_until_day, "valid_until", 0,
	      "the last day it stands; the protocol's when left out"),
	PERSONAL_F(make_offer, above_guide_reason, COM, 2000,
		   "why the commissioner goes above the guide's high"),
	PERSONAL_F(make_offer, covering_note, 0, 4000, "to the other side"),
	ENUM_F(make_offer, side, DER, side_names, "whose offer it is"),
	INT_F(make_offer, number, DER, 1, SEQ_MOST, "its number in the thread"),
	DIGEST_F(make_offer, terms_digest, DER, "digest of the canonical terms"),
};
TABLE(make_offer, struct make_offer, "An offer or counter-offer");

static const struct field withdraw_offer_fields[] = {
	INT_F(withdraw_offer, number, DER, 1, SEQ_MOST, "the offer"),
	PERSONAL_F(withdraw_offer, reason, 0, 2000, "why"),
};
TABLE(withdraw_offer, struct withdraw_offer, "Its maker withdraws an offer");

static const struct field accept_fields[] = {
	DIGEST_F(accept, terms_digest, REQ, "digest of the terms accepted"),
	PERSONAL_F(accept, above_guide_reason, COM, 2000,
		   "why the commissioner goes above the guide's high"),
	INT_F(accept, number, DER, 1, SEQ_MOST, "the offer"),
	MONEY_F(accept, weekly_p, "weekly", DER, "its weekly total"),
};
TABLE(accept, struct accept, "The other side accepts the offer on the table");

static const struct field reject_fields[] = {
	ENUM_F(reject, reason, REQ, reject_reason_names, "why"),
	PERSONAL_F(reject, detail, 0, 2000, "in words"),
	INT_F(reject, number, DER, 1, SEQ_MOST, "the offer"),
};
TABLE(reject, struct reject, "The other side rejects the offer on the table");

static const struct field sign_fields[] = {
	DIGEST_F(sign, terms_digest, REQ | SID, "digest of the terms signed"),
	ENUM_F(sign, side, DER, side_names, "which side signs"),
	INT_F(sign, agreement, DER, 1, SEQ_MOST,
	      "the agreement's number, with the second signature"),
	F(sign, difference_p, "difference", FIELD_MONEY, DER | SID, -MONEY_SUM_MOST_P,
	  MONEY_SUM_MOST_P, NULL, NULL, "of the second: what it changes for nights already past"),
	INT_F(sign, nights, DER | SID, 1, 100000, "how many they are"),
	LIST_F(sign, differences, DER | SID, 0, FUNDER_COUNT, &payer_amount_schema,
	       "the difference by payer"),
};
TABLE(sign, struct sign, "A signatory signs the accepted terms");

static const struct field reopen_invitation_fields[] = {
	DAY_F(reopen_invitation, closes_day, "closes", 0,
	      "a mini-competition: offers stay sealed until 17:00 on this day"),
	PERSONAL_F(reopen_invitation, reason, 0, 2000, "why it is open again"),
};
TABLE(reopen_invitation, struct reopen_invitation, "An invitation that lapsed is open again");

static const struct field score_fields[] = {
	INT_F(score, thread, REQ, 1, SEQ_MOST, "the strand"),
	F(score, quality_r, "quality", FIELD_RATE, REQ, 0, MARKS_MOST, NULL, NULL,
	  "marks for quality"),
	F(score, price_r, "price", FIELD_RATE, REQ, 0, MARKS_MOST, NULL, NULL, "marks for price"),
	F(score, total_r, "total", FIELD_RATE, DER, 0, 2 * MARKS_MOST, NULL, NULL, "both together"),
	PERSONAL_F(score, reasons, REQ, 4000, "the reasons, told to that provider"),
};
static TABLE(score, struct score, "One offer's marks");

static const struct field choose_provider_fields[] = {
	INT_F(choose_provider, chosen, REQ | ASK | COM, 1, SEQ_MOST, "the strand that is chosen"),
	LIST_F(choose_provider, scores, REQ, 1, 50, &score_schema, "marks of each offer"),
	PERSONAL_F(choose_provider, person_choice, REQ | ASK | COM, 4000,
		   "what the person chose, in their words where possible"),
	BOOL_F(choose_provider, is_chosen, DER, "true for the one that is chosen"),
};
TABLE(choose_provider, struct choose_provider,
      "The commissioner, with the person, chooses among the offers opened");

static const struct field propose_mediation_fields[] = {
	TEXT_F(propose_mediation, appointing_body, REQ, 200,
	       "who names a mediator if nobody agrees"),
	F(propose_mediation, commissioner_share_r, "commissioner_share", FIELD_RATE, REQ, 0,
	  MARKS_MOST, NULL, NULL, "percentage of the cost that the commissioner pays"),
	PERSONAL_F(propose_mediation, reason, 0, 4000, "what it should settle"),
};
TABLE(propose_mediation, struct propose_mediation, "One side proposes mediation");

static const struct field consent_to_mediation_fields[] = {
	PERSONAL_F(consent_to_mediation, note, 0, 2000, "anything to add"),
};
TABLE(consent_to_mediation, struct consent_to_mediation,
      "The other side consents: every clock of the round is paused");

static const struct field refuse_mediation_fields[] = {
	PERSONAL_F(refuse_mediation, reason, 0, 2000, "why; none need be given"),
};
TABLE(refuse_mediation, struct refuse_mediation, "The other side would not mediate");

static const struct field nominate_mediator_fields[] = {
	ID_F(nominate_mediator, mediator, REQ, "the organisation that mediates"),
	TEXT_F(nominate_mediator, name, 0, 200, "who would mediate"),
};
TABLE(nominate_mediator, struct nominate_mediator, "One side names a mediator");

static const struct field agree_mediator_fields[] = {
	ID_F(agree_mediator, mediator, DER, "the organisation that mediates"),
};
TABLE(agree_mediator, struct agree_mediator, "The other side agrees to the one named");

static const struct field appoint_by_body_fields[] = {
	ID_F(appoint_by_body, mediator, REQ, "the organisation that mediates"),
	TEXT_F(appoint_by_body, letter, REQ, 200, "reference of the appointing body's letter"),
};
TABLE(appoint_by_body, struct appoint_by_body, "The appointing body has named the mediator");

static const struct field propose_settlement_fields[] = {
	OBJECT_F(propose_settlement, terms, REQ, &terms_schema, "terms for both"),
	INT_F(propose_settlement, number, DER, 1, SEQ_MOST, "its number among the offers"),
	DIGEST_F(propose_settlement, terms_digest, DER, "digest of the canonical terms"),
};
TABLE(propose_settlement, struct propose_settlement, "The mediator proposes terms");

static const struct field accept_settlement_fields[] = {
	DIGEST_F(accept_settlement, terms_digest, REQ, "digest of the terms accepted"),
	PERSONAL_F(accept_settlement, above_guide_reason, COM, 2000,
		   "why the commissioner goes above the guide's high"),
	INT_F(accept_settlement, number, DER, 1, SEQ_MOST, "the settlement's number"),
	MONEY_F(accept_settlement, weekly_p, "weekly", DER, "its weekly total"),
	BOOL_F(accept_settlement, is_agreed, DER, "true when both have accepted"),
};
TABLE(accept_settlement, struct accept_settlement, "One side accepts the settlement");

static const struct field leave_mediation_fields[] = {
	PERSONAL_F(leave_mediation, reason, 0, 2000, "why; none need be given"),
};
TABLE(leave_mediation, struct leave_mediation,
      "One side leaves the mediation: clocks go on with the ticks that remain");

static const struct field conclude_mediation_fields[] = {
	ENUM_F(conclude_mediation, outcome, REQ, mediation_outcome_names, "how it ended"),
};
TABLE(conclude_mediation, struct conclude_mediation,
      "The mediator says how it ended, and nothing of what was said");
