/*
 * entries_uplift.c - the field tables of a fee that rises by the agreed method, and of a challenge.
 *
 * As entries.c: the contract of the API and of the stored ledger at once.
 */
#include "entries_parts.h"

#include "concordat/core/fields.h"
#include "concordat/core/uplift.h"

static const struct field apply_uplift_fields[] = {
	OBJECT_F(apply_uplift, figures, REQ, &uplift_figures_schema,
		 "the day it is from, and how much each index rose"),
	DAY_F(apply_uplift, paid_from_day, "paid_from", 0,
	      "the day the new fee is paid from, what came before as arrears; the day it is "
	      "recorded when left out, and no day for a fall"),
	OBJECT_F(apply_uplift, terms, DER, &terms_schema, "the terms with the new fee"),
	DIGEST_F(apply_uplift, terms_digest, DER, "digest of the canonical terms"),
	MONEY_F(apply_uplift, weekly_before_p, "weekly_before", DER, "the weekly fee before"),
	RATE_F(apply_uplift, percent_r, "percent", DER, "the difference in percent, for showing"),
	ENUM_F(apply_uplift, rule, DER, uplift_rule_names, "which rule of the method decided"),
	TEXT_F(apply_uplift, reason, DER, 2000, "how it came about, in a sentence"),
	INT_F(apply_uplift, uplifted, DER, 1, SEQ_MOST,
	      "the version of the agreement it is worked on"),
	INT_F(apply_uplift, version, DER, 1, SEQ_MOST,
	      "the version it makes; none where the fee falls: that is an offer, for both to sign"),
	DAY_F(apply_uplift, to_day, "to", DER,
	      "the last day that version covers, where a later one begins already"),
	ID_F(apply_uplift, uplift, DER, "the uplift of many that it is part of"),
};
TABLE(apply_uplift, struct apply_uplift, "The fee is uplifted by the agreement's own method");

static const struct field challenge_uplift_fields[] = {
	PERSONAL_F(challenge_uplift, reason, REQ, 4000, "what is wrong with it"),
	INT_F(challenge_uplift, version, DER, 1, SEQ_MOST, "the uplifted version"),
};
TABLE(challenge_uplift, struct challenge_uplift,
      "The provider challenges an uplift, and waives nothing by it");
