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

#define NAME_MOST 200
#define EMAIL_MOST 254

/* ---- requests ---- */

static const struct field protocol_choice_fields[] = {
	TEXT_F(protocol_choice, id, 0, 60, "the protocol; standard when left out"),
	INT_F(protocol_choice, version, 0, 1, 1000000, "its version; 1 when left out"),
};
static TABLE(protocol_choice, struct protocol_choice, "A protocol and its version");

static const struct field organisation_request_fields[] = {
	ENUM_F(organisation_request, kind, REQ, organisation_kind_names, "what it is"),
	TEXT_F(organisation_request, name, REQ, NAME_MOST, "its name"),
	TEXT_F(organisation_request, email, 0, EMAIL_MOST, "where notices go"),
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

/* ---- answers and rows of lists ---- */

static const struct field organisation_row_fields[] = {
	ID_F(organisation_row, id, REQ, "its id"),
	TEXT_F(organisation_row, kind, REQ, 20, "what it is"),
	TEXT_F(organisation_row, name, REQ, NAME_MOST, "its name"),
	TEXT_F(organisation_row, email, 0, EMAIL_MOST, "where notices go; one's own only"),
	TEXT_F(organisation_row, division, 0, 20, "whose bank holidays count"),
	OBJECT_F(organisation_row, protocol, 0, &protocol_choice_schema, "the protocol it adopted"),
	INT_F(organisation_row, panel_weekday, 0, 1, 5, "the day its panel sits; one's own only"),
	MONEY_F(organisation_row, panel_threshold_p, "panel_threshold", 0,
		"a weekly guide at or under this needs no panel; one's own only"),
};
TABLE(organisation_row, struct organisation_row, "An organisation");

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
	TEXT_F(obligation_row, href, REQ, 120, "where the date is explained"),
};
TABLE(obligation_row, struct obligation_row, "An action due");

static const struct field delivery_row_fields[] = {
	ID_F(delivery_row, id, REQ, "its id"),
	ID_F(delivery_row, placement, REQ, "about which placement"),
	TEXT_F(delivery_row, channel, REQ, 12, "service or email"),
	TEXT_F(delivery_row, kind, REQ, 40, "what it tells"),
	TEXT_F(delivery_row, subject, REQ, 400, "its subject"),
	TEXT_F(delivery_row, body, REQ, 8000, "its text; never a person's name"),
	TEXT_F(delivery_row, state, REQ, 12, "queued, sending, sent, delivered, failed, unknown"),
	TEXT_F(delivery_row, reminder, 0, 60, "which reminder"),
	INT_F(delivery_row, attempts, REQ, 0, 1000, "how often it was tried"),
	INSTANT_F(delivery_row, due_at_us, "due_at", 0, "the due date it is about"),
	INSTANT_F(delivery_row, created_at_us, "created_at", 0, "when it was made"),
};
TABLE(delivery_row, struct delivery_row, "A message to an organisation");

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
