/*
 * contact.c - how an organisation is reached, and who changes it: an administrator of its own, or
 * the operator's.
 *
 * What is given is all of it anew. A mailbox is replaced and never taken away, for clocks run from
 * what arrives there.
 */
#include "call/contact.h"

#include "call/keyed.h"
#include "call/names.h"
#include "queries.h"

enum column { NAME = KEYED_OWN, KIND, DIVISION, PROTOCOL, PROTOCOL_VERSION, WEEKDAY, THRESHOLD };

/* ---- what may be given ---- */

bool email_check(struct call *call, struct text *email)
{
	if (!email->at || email_fold(call->arena, email))
		return true;
	call_refuse(call, TEXT("/email"), TEXT("Give an address such as name@example.org."));
	return false;
}

static bool address_check(struct call *call, struct postal_address *address)
{
	const struct {
		const char *pointer;
		struct text line;
	} lines[] = {{"/address/line_1", address->line_1},
		     {"/address/line_2", address->line_2},
		     {"/address/line_3", address->line_3},
		     {"/address/town", address->town}};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (!name_check(call, lines[i].pointer, lines[i].line))
			return false;
	if (!address->postcode.at || postcode_fold(call->arena, &address->postcode))
		return true;
	call_refuse(call, TEXT("/address/postcode"), TEXT("Give a postcode such as SW1A 1AA."));
	return false;
}

bool contact_check(struct call *call, struct contact *contact)
{
	if (!email_check(call, &contact->email) || !address_check(call, &contact->address))
		return false;
	if (!contact->telephone.at || telephone_is_sound(contact->telephone))
		return true;
	call_refuse(call, TEXT("/telephone"),
		    TEXT("Give a number such as 01632 960147 or +44 1632 960147: 7 to 15 digits."));
	return false;
}

/* ---- what is kept ---- */

void contact_params(const struct contact *contact, struct param *params)
{
	const struct text parts[CONTACT_COLUMNS] = {
		contact->email,		  contact->telephone,	   contact->address.line_1,
		contact->address.line_2,  contact->address.line_3, contact->address.town,
		contact->address.postcode};

	for (size_t i = 0; i < CONTACT_COLUMNS; i++)
		params[i] = PARAM(parts[i]);
}

struct postal_address address_of(const struct rows *rows, size_t row, int column)
{
	return (struct postal_address){
		.line_1 = row_text(rows, row, column),
		.line_2 = row_text(rows, row, column + 1),
		.line_3 = row_text(rows, row, column + 2),
		.town = row_text(rows, row, column + 3),
		.postcode = row_text(rows, row, column + 4),
	};
}

struct contact contact_of(const struct rows *rows, size_t row, int column)
{
	return (struct contact){
		.email = row_text(rows, row, column),
		.telephone = row_text(rows, row, column + 1),
		.address = address_of(rows, row, column + 2),
	};
}

/* ---- changed ---- */

static void on_changed(struct keyed *k, const struct rows *rows)
{
	const struct organisation_row row = {
		.id = row_uuid(rows, 0, KEYED_ID),
		.name = row_text(rows, 0, NAME),
		.kind = row_text(rows, 0, KIND),
		.contact = contact_of(rows, 0, THRESHOLD + 1),
		.division = row_text(rows, 0, DIVISION),
		.protocol = {row_text(rows, 0, PROTOCOL),
			     row_int(rows, 0, PROTOCOL_VERSION, NO_INT)},
		.panel_weekday = row_int(rows, 0, WEEKDAY, NO_INT),
		.panel_threshold_p = row_int(rows, 0, THRESHOLD, NO_INT),
	};

	call_answer_struct(k->call, 200, &organisation_row_schema, &row);
}

static void refuse_change(struct keyed *k, const struct rows *rows)
{
	if (row_is_null(rows, 0, NAME))
		call_not_found(k->call);
	else
		call_refuse(k->call, TEXT("/email"),
			    TEXT("This organisation has a mailbox, and its time runs from what "
				 "arrives there. Give it again, or another."));
}

void app_set_contact(struct call *call)
{
	struct keyed *k = keyed_new(call, SQL_ORGANISE_SET_CONTACT, NULL);
	struct contact asked;
	struct uuid id;

	if (!call_id(call, &id) ||
	    !call_manages(call, id,
			  TEXT("Only an administrator of your organisation says how it is "
			       "reached. Ask one of them.")) ||
	    !call_body(call, &contact_schema, &asked) || !contact_check(call, &asked))
		return;
	k->on_done = on_changed;
	k->on_missing = refuse_change;
	k->params[0] = param_uuid(call->arena, id);
	contact_params(&asked, k->params + 1);
	keyed_run(k, 1 + CONTACT_COLUMNS, "POST /v1/organisations/{id}/contact");
}
