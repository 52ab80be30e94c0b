/*
 * schemas.c - the field tables of what the calls outside a placement ask and answer.
 *
 * One row a member, as in core's entries.c; limits stand here and nowhere else.
 */
#include "concordat/app/schemas.h"

#include "concordat/app/app.h"
#include "concordat/core/calendar.h"
#include "concordat/core/fields.h"
#include "concordat/core/words.h"
#include "concordat/wire/document.h"

#define NAME_MOST 200
#define EMAIL_MOST 254
#define TELEPHONE_MOST 30
#define POSTCODE_MOST 10
#define ADDRESS_LINE_MOST 60
#define SUM_MOST_P INT64_C(9007199254740991) /* of a whole portfolio */

/* ---- requests ---- */

static const struct field protocol_choice_fields[] = {
	TEXT_F(protocol_choice, id, 0, 60, "the protocol; standard when left out"),
	INT_F(protocol_choice, version, 0, 1, 1000000, "its version; 1 when left out"),
};
static TABLE(protocol_choice, struct protocol_choice, "A protocol and its version");

static const struct field protocol_adoption_fields[] = {
	TEXT_F(protocol_choice, id, REQ, 60, "the protocol"),
	INT_F(protocol_choice, version, REQ, 1, 1000000, "its version"),
};
TABLE(protocol_adoption, struct protocol_choice,
      "The protocol that an authority adopts for what it opens from now on");

static const struct field postal_address_fields[] = {
	TEXT_F(postal_address, line_1, REQ, ADDRESS_LINE_MOST, "building and street"),
	TEXT_F(postal_address, line_2, 0, ADDRESS_LINE_MOST, "more of it"),
	TEXT_F(postal_address, line_3, 0, ADDRESS_LINE_MOST, "more of it"),
	TEXT_F(postal_address, town, REQ, ADDRESS_LINE_MOST, "town or city"),
	TEXT_F(postal_address, postcode, REQ, POSTCODE_MOST, "postcode"),
};
TABLE(postal_address, struct postal_address, "Where letters go");

/* Of any struct that has a contact. */
#define CONTACT_F(type, at, own)                                                                 \
	F(type, at email, "email", FIELD_TEXT, 0, 1, EMAIL_MOST, NULL, NULL,                     \
	  "where notices go" own),                                                               \
		F(type, at telephone, "telephone", FIELD_TEXT, 0, 1, TELEPHONE_MOST, NULL, NULL, \
		  "where it is telephoned when no notice arrives" own),                          \
		F(type, at address, "address", FIELD_OBJECT, 0, 0, 0, &postal_address_schema,    \
		  NULL, "where it is written to then" own)

static const struct field contact_fields[] = {CONTACT_F(contact, , "")};
TABLE(contact, struct contact,
      "How an organisation is reached, all of it anew: what is left out is held no more");

const char *const organisation_kind_names[] = {"authority",	 "provider", "mediation_body",
					       "representative", "operator", NULL};

static const struct field organisation_request_fields[] = {
	ENUM_F(organisation_request, kind, REQ, organisation_kind_names, "what it is"),
	TEXT_F(organisation_request, name, REQ, NAME_MOST, "its name"),
	CONTACT_F(organisation_request, contact., ""),
	ENUM_F(organisation_request, division, 0, division_names,
	       "whose bank holidays count; an authority must say"),
	OBJECT_F(organisation_request, protocol, 0, &protocol_choice_schema,
		 "the protocol an authority adopts; standard version 1 when left out"),
	INT_F(organisation_request, panel_weekday, 0, 1, 5,
	      "the day an authority's panel sits, 1 Monday to 5 Friday; 3 when left out"),
	MONEY_F(organisation_request, panel_threshold_p, "panel_threshold", 0,
		"a weekly guide at or under this needs no panel; nothing when left out"),
};
TABLE(organisation_request, struct organisation_request, "An organisation begins to take part");

static const struct field home_request_fields[] = {
	ID_F(home_request, organisation, 0, "the provider; the caller's own when left out"),
	TEXT_F(home_request, name, REQ, NAME_MOST, "the home's name"),
	TEXT_F(home_request, location_number, 0, 40, "the regulator's location number"),
	TEXT_F(home_request, address, 0, 400, "where it is"),
};
TABLE(home_request, struct home_request, "A provider's home");

static const struct field user_request_fields[] = {
	TEXT_F(user_request, name, REQ, NAME_MOST, "the person's name"),
	TEXT_F(user_request, email, REQ, EMAIL_MOST, "their e-mail address"),
	ID_F(user_request, organisation, 0, "where they work; the caller's own when left out"),
	WORDS_F(user_request, roles, REQ, 1, ROLE_COUNT, role_names, "what they may do there"),
};
TABLE(user_request, struct user_request,
      "Somebody who works for an organisation, or more roles for them");

static const struct field token_request_fields[] = {
	ID_F(token_request, user, REQ, "for whom"),
	ID_F(token_request, organisation, 0,
	     "acting for which organisation; the caller's own when left out"),
	TEXT_F(token_request, label, 0, 100, "what it is for"),
	INT_F(token_request, days, REQ, 1, 366, "days until it expires"),
};
TABLE(token_request, struct token_request, "A token for a program");

static const struct field calculate_request_fields[] = {
	F(calculate_request, inputs, "inputs", FIELD_MAP, REQ, 0, 100, NULL, NULL,
	  "the model's inputs by key; those left out take their default"),
};
TABLE(calculate_request, struct calculate_request,
      "Inputs to try a cost model with; nothing is recorded");

static const struct field compared_calculation_fields[] = {
	TEXT_F(compared_calculation, model, REQ, 60, "the cost model"),
	TEXT_F(compared_calculation, version, REQ, 30, "its version"),
	MAP_F(compared_calculation, inputs, REQ, 100,
	      "the model's inputs by key; those left out take their default"),
};
static TABLE(compared_calculation, struct compared_calculation, "A calculation to compare");

static const struct field compare_request_fields[] = {
	OBJECT_F(compare_request, before, REQ, &compared_calculation_schema, "the earlier one"),
	OBJECT_F(compare_request, after, REQ, &compared_calculation_schema, "the later one"),
};
TABLE(compare_request, struct compare_request, "Two calculations to compare; nothing is recorded");

/* ---- answers and rows of lists ---- */

static const struct field organisation_row_fields[] = {
	ID_F(organisation_row, id, REQ, "its id"),
	TEXT_F(organisation_row, kind, REQ, 20, "what it is"),
	TEXT_F(organisation_row, name, REQ, NAME_MOST, "its name"),
	CONTACT_F(organisation_row, contact., "; one's own only"),
	TEXT_F(organisation_row, division, 0, 20, "whose bank holidays count"),
	OBJECT_F(organisation_row, protocol, 0, &protocol_choice_schema, "the protocol it adopted"),
	INT_F(organisation_row, panel_weekday, 0, 1, 5, "the day its panel sits; one's own only"),
	MONEY_F(organisation_row, panel_threshold_p, "panel_threshold", 0,
		"a weekly guide at or under this needs no panel; one's own only"),
};
TABLE(organisation_row, struct organisation_row, "An organisation");

static const struct field closures_row_fields[] = {
	ID_F(closures_row, authority, REQ, "whose closures"),
	INT_F(closures_row, version, REQ, 1, 1000000, "the list's version"),
	INT_F(closures_row, calendar_version, 0, 1, 1000000,
	      "the authority's own number for the calendar that begins with it"),
	LIST_F(closures_row, closures, REQ, 0, CLOSURES_MOST, &closure_schema,
	       "the whole list, the past included"),
};
TABLE(closures_row, struct closures_row, "An authority's own closures");

static const struct field home_row_fields[] = {
	ID_F(home_row, id, REQ, "its id"),
	ID_F(home_row, organisation, REQ, "the provider"),
	TEXT_F(home_row, name, REQ, NAME_MOST, "the home's name"),
	TEXT_F(home_row, location_number, 0, 40, "the regulator's location number"),
	TEXT_F(home_row, address, 0, 400, "where it is"),
};
TABLE(home_row, struct home_row, "A home");

static const struct field user_row_fields[] = {
	ID_F(user_row, id, REQ, "their id"),
	ID_F(user_row, organisation, REQ, "where they work"),
	TEXT_F(user_row, name, REQ, NAME_MOST, "their name, as first given"),
	TEXT_F(user_row, email, REQ, EMAIL_MOST, "their e-mail address"),
	WORDS_F(user_row, roles, REQ, 1, ROLE_COUNT, role_names, "the roles given now"),
};
TABLE(user_row, struct user_row, "Somebody who works for an organisation");

static const struct field token_row_fields[] = {
	ID_F(token_row, id, REQ, "its id, to revoke it by"),
	ID_F(token_row, user, REQ, "for whom"),
	ID_F(token_row, organisation, REQ, "acting for which organisation"),
	TEXT_F(token_row, label, 0, 100, "what it is for"),
	INSTANT_F(token_row, expires_at_us, "expires_at", 0, "when it ends"),
	TEXT_F(token_row, secret, 0, 60,
	       "the token itself, shown once: a repeat of the request answers without it"),
};
TABLE(token_row, struct token_row, "A token");

static const struct field placement_row_fields[] = {
	ID_F(placement_row, id, REQ, "its id"),
	TEXT_F(placement_row, reference, REQ, 30, "its reference"),
	ID_F(placement_row, authority, REQ, "who commissions it"),
	TEXT_F(placement_row, stage, REQ, 20, "the stage this party sees"),
	TEXT_F(placement_row, care_setting, REQ, 20, "the kind of care"),
	TEXT_F(placement_row, urgency, REQ, 20, "how soon"),
	ID_F(placement_row, provider, 0, "the provider; to itself and the commissioner"),
	ID_F(placement_row, home, 0, "the home; to its provider and the commissioner"),
	ID_F(placement_row, owner, 0, "the commissioner's officer; to the commissioner"),
	TEXT_F(placement_row, team, 0, 60, "the commissioner's team; to the commissioner"),
	MONEY_F(placement_row, weekly_p, "weekly", 0, "the fee a week in force"),
	TEXT_F(placement_row, version, REQ, 12, "this party's own version"),
	INSTANT_F(placement_row, opened_at_us, "opened_at", 0,
		  "when it began; to the commissioner"),
	INSTANT_F(placement_row, changed_at_us, "changed_at", 0,
		  "the last entry; to a provider, when it came in"),
	INSTANT_F(placement_row, next_due_at_us, "next_due_at", 0, "the soonest action due"),
	BOOL_F(placement_row, overdue, REQ, "something was not done in time and is still open"),
};
TABLE(placement_row, struct placement_row, "A placement in a list");

static const struct field obligation_row_fields[] = {
	TEXT_F(obligation_row, id, REQ, 24, "its id in the placement"),
	ID_F(obligation_row, placement, REQ, "of which placement"),
	TEXT_F(obligation_row, reference, REQ, 30, "the placement's reference"),
	TEXT_F(obligation_row, stage, REQ, 20, "the placement's stage"),
	TEXT_F(obligation_row, duty, REQ, 30, "what is owed"),
	TEXT_F(obligation_row, owed_by, REQ, 20, "by which side"),
	ID_F(obligation_row, owed_by_organisation, 0, "by whom"),
	TEXT_F(obligation_row, state, REQ, 12, "open, or how it ended"),
	INSTANT_F(obligation_row, due_at_us, "due_at", 0, "by when; absent while it is paused"),
	TEXT_F(obligation_row, due_words, 0, 80, "the same in words, London time"),
	INSTANT_F(obligation_row, missed_at_us, "missed_at", 0, "when it was not done in time"),
	BOOL_F(obligation_row, served, REQ, "no: its notice reached nobody, and the clock waits"),
	INSTANT_F(obligation_row, not_served_since_us, "not_served_since", 0,
		  "since when that is known"),
	TEXT_F(obligation_row, href, REQ, 120, "where the date is explained"),
};
TABLE(obligation_row, struct obligation_row, "An action due");

static const struct field reading_row_fields[] = {
	INSTANT_F(reading_row, at_us, "at", REQ, "when"),
	ID_F(reading_row, user, REQ, "who"),
	ID_F(reading_row, organisation, REQ, "for which organisation"),
	INT_F(reading_row, texts, REQ, 1, 1000000,
	      "how many texts about the person; a document's bytes count as one"),
};
TABLE(reading_row, struct reading_row, "Somebody read texts about the person");

static const struct field document_row_fields[] = {
	ID_F(document_row, id, REQ, "its id, to attach it by"),
	DIGEST_F(document_row, sha256, REQ, "SHA-256 of its bytes"),
	INT_F(document_row, bytes, REQ, 1, INT32_MAX, "how large it is"),
	TEXT_F(document_row, media_type, REQ, 100, "what it is"),
};
TABLE(document_row, struct document_row, "A document that was uploaded");

/* ---- uplifts ---- */

static const struct field uplift_filter_fields[] = {
	ENUM_F(uplift_filter, setting, 0, care_setting_names, "only this kind of care"),
	ID_F(uplift_filter, provider, 0, "only this provider's"),
	ID_F(uplift_filter, authority, 0, "only this authority's"),
	MONEY_F(uplift_filter, weekly_from_p, "weekly_from", 0, "only fees a week from this on"),
	MONEY_F(uplift_filter, weekly_to_p, "weekly_to", 0, "only fees a week up to this"),
};
static TABLE(uplift_filter, struct uplift_filter, "Which agreements");

static const struct field uplift_request_fields[] = {
	OBJECT_F(uplift_request, figures, REQ, &uplift_figures_schema, "the year's figures"),
	OBJECT_F(uplift_request, method, 0, &uplift_method_schema,
		 "for agreements that have no method of their own"),
	BOOL_F(uplift_request, leave_out_own, 0,
	       "leave those that have a method of their own as they are"),
	ID_F(uplift_request, placement, 0,
	     "this one only, with its lines, who pays them, and the path to a target"),
	OBJECT_F(uplift_request, filter, 0, &uplift_filter_schema,
		 "which of those in force; all when left out"),
	INT_F(uplift_request, limit, 0, 1, 200, "how many items; 50 when left out"),
	TEXT_F(uplift_request, after, 0, 200,
	       "next, as the page before gave it: a page of items, without the totals"),
};
TABLE(uplift_request, struct uplift_request,
      "What an uplift would make of agreements in force; nothing is recorded");

#define SUM_F(type, member, json, least, help) \
	F(type, member, json, FIELD_MONEY, 0, least, SUM_MOST_P, NULL, NULL, help)

static const struct field uplift_row_fields[] = {
	ID_F(uplift_row, placement, REQ, "the placement"),
	TEXT_F(uplift_row, reference, REQ, 30, "its reference"),
	ID_F(uplift_row, provider, 0, "who provides"),
	TEXT_F(uplift_row, setting, REQ, 20, "the kind of care"),
	ENUM_F(uplift_row, rule, REQ, uplift_rule_names, "what decided"),
	BOOL_F(uplift_row, is_uplifted, REQ, "false: the fee is left as it is"),
	TEXT_F(uplift_row, reason, REQ, 400, "the same in words"),
	MONEY_F(uplift_row, weekly_now_p, "weekly_now", 0, "the fee a week in force"),
	MONEY_F(uplift_row, weekly_then_p, "weekly_then", 0, "the fee it would become"),
	SUM_F(uplift_row, difference_p, "difference", -MONEY_MOST_P,
	      "then less now; below nothing when the fee falls"),
	RATE_F(uplift_row, percent_r, "percent", 0, "of the fee now, for showing only"),
};
TABLE(uplift_row, struct uplift_row,
      "One agreement; asked for alone, also its lines, funding and path");

static const struct field uplift_rule_row_fields[] = {
	ENUM_F(uplift_rule_row, rule, REQ, uplift_rule_names, "what decided"),
	INT_F(uplift_rule_row, placements, REQ, 1, 0, "for so many"),
	SUM_F(uplift_rule_row, weekly_now_p, "weekly_now", 0, "their fees a week"),
	SUM_F(uplift_rule_row, weekly_then_p, "weekly_then", 0, "what those would become"),
};
static TABLE(uplift_rule_row, struct uplift_rule_row, "Agreements that one rule decided");

static const struct field uplift_preview_fields[] = {
	DAY_F(uplift_preview, from_day, "from", 0, "the day from which it would be paid"),
	INT_F(uplift_preview, placements, 0, 0, 0, "agreements in force that were worked out"),
	INT_F(uplift_preview, uplifted, 0, 0, 0, "those whose fee would change"),
	INT_F(uplift_preview, unreadable, 0, 0, 0,
	      "those whose terms cannot be read as recorded: in no other figure, and reported"),
	SUM_F(uplift_preview, weekly_now_p, "weekly_now", 0, "their fees a week in all"),
	SUM_F(uplift_preview, weekly_then_p, "weekly_then", 0, "what those would become"),
	SUM_F(uplift_preview, difference_p, "difference", -SUM_MOST_P, "then less now"),
	LIST_F(uplift_preview, by_rule, 0, 0, UPLIFT_RULE_COUNT, &uplift_rule_row_schema,
	       "the same by the rule that decided"),
	LIST_F(uplift_preview, items, 0, 0, 200, &uplift_row_schema, "a page of them"),
	TEXT_F(uplift_preview, next, 0, 200, "for after; left out on the last page"),
};
TABLE(uplift_preview, struct uplift_preview, "What an uplift would make of them");

/* ---- cost models ---- */

static const struct field cost_model_row_fields[] = {
	TEXT_F(cost_model_row, id, REQ, 60, "the model"),
	TEXT_F(cost_model_row, version, REQ, 30, "its version"),
	DAY_F(cost_model_row, effective_from_day, "effective_from", REQ,
	      "the first day of new calculations"),
	DAY_F(cost_model_row, effective_to_day, "effective_to", 0, "the last; open while absent"),
	BOOL_F(cost_model_row, illustrative, REQ, "its figures are illustrative"),
	TEXT_F(cost_model_row, document, REQ, 120, "where the whole of it is"),
};
TABLE(cost_model_row, struct cost_model_row, "A cost model");
