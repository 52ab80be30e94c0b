/*
 * message.c - what a party is told, in the words of message_words.c.
 *
 * Words come from its tables, the placement's reference and dates; no text that anybody typed is
 * ever read here, so that none can leak. "You" is the side that reads.
 */
#include "message.h"
#include "message_parts.h"
#include "message_words.h"

#include <assert.h>
#include <string.h>

#include "concordat/core/protocol.h"

static const char *side_words(const struct reader *r, int32_t side, bool first)
{
	static const char *const words[SIDE_COUNT][2] = {
		[SIDE_COMMISSIONER] = {"the commissioner", "The commissioner"},
		[SIDE_PROVIDER] = {"the provider", "The provider"},
		[SIDE_MEDIATOR] = {"the mediator", "The mediator"},
		[SIDE_REPRESENTATIVE] = {"the representative", "The representative"},
		[SIDE_CO_PAYER] = {"a co-payer", "A co-payer"},
		[SIDE_AUDITOR] = {"the auditor", "The auditor"},
		[SIDE_EITHER] = {"either side", "Either side"},
		[SIDE_TIME] = {"the service", "The service"},
	};

	if (side == (int32_t)r->party->side)
		return first ? "You" : "you";
	if (side < 0 || side >= SIDE_COUNT)
		side = SIDE_TIME;
	return words[side][first];
}

static bool is_told_of(const struct reader *r, enum duty duty, int32_t owed_by, int64_t thread)
{
	return duty_told_to(duty, owed_by, thread, r->placement, r->party);
}

static void put_upper(struct writer *w, const char *words)
{
	writer_char(w,
		    (char)(words[0] >= 'a' && words[0] <= 'z' ? words[0] - 'a' + 'A' : words[0]));
	writer_puts(w, words + 1);
}

static void put_instant(const struct reader *r, int64_t at_us)
{
	if (at_us == NEVER_US)
		writer_puts(r->w, "a date not yet set");
	else
		writer_put(r->w, instant_words(r->arena, at_us));
}

/* "You: respond to the offer, by Monday 13 April 2026 at 17:00." */
static void put_due(const struct reader *r, enum duty duty, int32_t owed_by, int64_t due_at_us)
{
	const struct duty_words *words = &duty_words[duty];

	if (owed_by == SIDE_TIME) {
		put_upper(r->w, words->expires);
		writer_puts(r->w, " stands until ");
	} else if (duty == DUTY_DISPUTE_ENTRY || duty == DUTY_CHALLENGE_UPLIFT) {
		writer_printf(r->w, "%s may %s, until ", side_words(r, owed_by, true),
			      words->action);
	} else if (owed_by == SIDE_EITHER) {
		writer_printf(r->w, "Either side may %s, until ", words->action);
	} else {
		writer_printf(r->w, "%s: %s, by ", side_words(r, owed_by, true), words->action);
	}
	put_instant(r, due_at_us);
	writer_char(r->w, '.');
	form_part(r->form, PART_ITEM);
}

static void put_opened(const struct reader *r, const struct fact *fact)
{
	const struct opened *opens = fact->opens.items;
	bool any = false;

	for (size_t i = 0; i < fact->opens.count; i++) {
		if (!is_told_of(r, (enum duty)opens[i].duty, opens[i].owed_by, opens[i].thread))
			continue;
		if (!any)
			form_say(r->form, PART_HEADING, "Actions due from this:");
		any = true;
		put_due(r, (enum duty)opens[i].duty, opens[i].owed_by, opens[i].due_at_us);
	}
}

static void put_whose(const struct reader *r, const struct obligation *o)
{
	const struct duty_words *words = &duty_words[o->duty];

	if (o->owed_by == SIDE_TIME)
		put_upper(r->w, words->expires);
	else
		writer_printf(r->w, "%s: %s", side_words(r, (int32_t)o->owed_by, true),
			      words->action);
	writer_puts(r->w, ", ");
}

static void put_changed(const struct reader *r, const struct fact *fact)
{
	const struct due_change *changes = fact->changes.items;
	bool any = false;

	for (size_t i = 0; i < fact->changes.count; i++) {
		const struct obligation *o = placement_obligation(
			r->placement, (int32_t)changes[i].entry, (int32_t)changes[i].n);

		if (!o || !is_told_of(r, o->duty, (int32_t)o->owed_by, o->thread))
			continue;
		if (!any)
			form_say(r->form, PART_HEADING, "Dates that moved:");
		any = true;
		put_whose(r, o);
		if (changes[i].new_due_at_us == NEVER_US) {
			writer_puts(r->w, fact->kind == FACT_NOT_SERVED
						  ? "has no date while it is not served."
						  : "has no date while it is paused.");
			form_part(r->form, PART_ITEM);
			continue;
		}
		writer_puts(r->w, "now by ");
		put_instant(r, changes[i].new_due_at_us);
		if (changes[i].old_due_at_us == changes[i].new_due_at_us) {
			writer_puts(r->w, changes[i].provisional
						  ? " as before, and provisional"
						  : " as before, and no longer provisional");
		} else if (changes[i].old_due_at_us != NEVER_US) {
			writer_puts(r->w, " (before: ");
			put_instant(r, changes[i].old_due_at_us);
			writer_char(r->w, ')');
		}
		writer_char(r->w, '.');
		form_part(r->form, PART_ITEM);
	}
}

/* It runs out, or is a right: nobody is late with it. */
static bool is_nobodys(int32_t owed_by)
{
	return owed_by == SIDE_TIME || owed_by == SIDE_EITHER;
}

static void put_missed(const struct reader *r, const struct not_done *data)
{
	const struct duty_words *words = &duty_words[data->duty];

	if (is_nobodys(data->owed_by)) {
		writer_printf(r->w, "There was time to %s until ", words->action);
		put_instant(r, data->due_at_us);
		writer_char(r->w, '.');
		form_part(r->form, PART_PARAGRAPH);
		form_say(r->form, PART_PARAGRAPH,
			 "Care has started, so nothing ends by itself. Both sides are reminded "
			 "until it is settled.");
		return;
	}
	writer_printf(r->w, "Not done in time: \"%s\" was due from %s by ", words->action,
		      side_words(r, data->owed_by, false));
	put_instant(r, data->due_at_us);
	writer_puts(r->w, ", and was not done.");
	form_part(r->form, PART_PARAGRAPH);
	form_say(r->form, PART_PARAGRAPH,
		 "It is still due. Doing it late is recorded as done, and late.");
}

static void put_lapsed(const struct reader *r, const struct not_done *data)
{
	put_upper(r->w, duty_words[data->duty].expires);
	writer_puts(r->w, " expired on ");
	put_instant(r, data->due_at_us);
	writer_char(r->w, '.');
	form_part(r->form, PART_PARAGRAPH);
	if (data->end_reason != NO_ENUM)
		form_say(r->form, PART_PARAGRAPH, "The placement has ended with it.");
	if (data->duty == DUTY_APPOINT_MEDIATOR || data->duty == DUTY_MEDIATE)
		form_say(r->form, PART_PARAGRAPH,
			 "The mediation is over and nothing is settled; clocks go on.");
}

/* What is between the sides is done to the other one, and what a mediator does to both; what
 * whoever represents the person, or pays a share, sees of messages is to them. */
static bool is_between(const struct reader *r, const struct fact *fact)
{
	if (r->party->side == SIDE_REPRESENTATIVE || fact->side == SIDE_REPRESENTATIVE ||
	    r->party->side == SIDE_CO_PAYER)
		return true;
	return r->party->side != SIDE_MEDIATOR &&
	       (r->party->side == SIDE_PROVIDER || fact->side == SIDE_PROVIDER ||
		fact->side == SIDE_MEDIATOR);
}

/* Between a provider and whoever represents the person: the commissioner sees it too. */
static bool is_to_another(const struct reader *r, const struct fact *fact)
{
	const struct send_message *data = fact->data;

	return fact->kind == FACT_MESSAGE_SENT && r->party->side == SIDE_COMMISSIONER &&
	       (data->to_provider || data->to_representative);
}

static bool makes_mediator(const struct reader *r, const struct fact *fact)
{
	return mediator_words[fact->kind] &&
	       uuid_eq(*(const struct uuid *)fact->data, r->party->organisation);
}

static void put_happened(const struct reader *r, const struct fact *fact)
{
	const struct fact_words *words = &fact_words[fact->kind];
	bool mine = fact->side == (int32_t)r->party->side;
	bool to_you = !mine && words->did_to_you && fact_speaker(fact) != r->party->side &&
		      is_between(r, fact) && !is_to_another(r, fact);

	if (fact->kind == FACT_MISSED) {
		put_missed(r, fact->data);
		return;
	}
	if (fact->kind == FACT_LAPSED) {
		put_lapsed(r, fact->data);
		return;
	}
	writer_printf(r->w, "%s %s", side_words(r, fact->side, true),
		      makes_mediator(r, fact) ? mediator_words[fact->kind]
		      : to_you		      ? words->did_to_you
					      : words->did);
	if (fact->on_behalf_of != NO_ENUM)
		writer_printf(r->w, ", on behalf of %s", side_words(r, fact->on_behalf_of, false));
	writer_puts(r->w, ", on ");
	put_instant(r, fact->recorded_at_us);
	writer_char(r->w, '.');
	form_part(r->form, PART_PARAGRAPH);
	message_detail(r, fact);
}

static void put_head(const struct reader *r)
{
	form_begin(r->form, r->arena);
	form_say(r->form, PART_TITLE, "Placement %.*s", TEXT_FMT(r->placement->opening->reference));
}

static void put_link(const struct reader *r, struct text public_url)
{
	form_link(r->form, "Sign in to see it and what can be done next:", public_url, "placements",
		  r->placement->opening->reference);
}

/* That there is no agreement: which of the sides' own steps ended it is not the person's business.
 */
static bool ends_for_person(const struct reader *r, const struct fact *fact)
{
	const struct not_done *not_done = fact->data;

	return r->party->side == SIDE_REPRESENTATIVE &&
	       (fact->kind == FACT_PANEL_DECIDED ||
		(fact->kind == FACT_LAPSED && not_done->end_reason != NO_ENUM));
}

static bool message_of_end(const struct reader *r, struct text public_url, const struct fact *fact,
			   struct message *out)
{
	struct text reference = r->placement->opening->reference;

	put_head(r);
	writer_puts(r->w, fact->kind == FACT_PANEL_DECIDED
				  ? "The commissioner's panel refused the placement"
				  : "No agreement was reached in time");
	writer_puts(r->w, ". The placement has ended on ");
	put_instant(r, fact->recorded_at_us);
	writer_char(r->w, '.');
	form_part(r->form, PART_PARAGRAPH);
	put_link(r, public_url);
	out->kind = fact_names[fact->kind];
	out->subject = text_printf(r->arena, "%.*s: placement ended", TEXT_FMT(reference));
	form_end(r->form, fact_names[fact->kind], out);
	return true;
}

bool message_of_fact(struct arena *arena, struct text public_url, const struct placement *placement,
		     const struct fact *fact, const struct party *party, struct message *out)
{
	struct form form;
	struct reader r = {arena, &form, &form.now, placement, party};
	struct text reference = placement->opening->reference;
	const struct not_done *not_done = fact->data;
	bool by_time = fact->kind == FACT_MISSED || fact->kind == FACT_LAPSED;
	bool mine = uuid_eq(fact->organisation, party->organisation);

	assert(reference_is_sound(reference));
	if (!fact_told_to(fact, placement, party))
		return false;
	if (ends_for_person(&r, fact))
		return message_of_end(&r, public_url, fact, out);
	put_head(&r);
	put_happened(&r, fact);
	put_opened(&r, fact);
	put_changed(&r, fact);
	if (party->side == SIDE_PROVIDER && party_reads_no_more(party))
		form_say(&form, PART_PARAGRAPH, "Your access to this placement has ended.");
	else
		put_link(&r, public_url);
	out->kind = mine ? "receipt" : fact_names[fact->kind];
	out->subject = by_time ? text_printf(arena, "%.*s: %s: %s", TEXT_FMT(reference),
					     fact_words[fact->kind].subject,
					     fact->kind == FACT_MISSED
						     ? duty_words[not_done->duty].action
						     : duty_words[not_done->duty].expires)
			       : text_printf(arena, "%.*s: %s", TEXT_FMT(reference),
					     fact_words[fact->kind].subject);
	form_end(&form, fact_names[fact->kind], out);
	return true;
}

/* What would have run out, had care not started. */
static void put_standing(const struct reader *r, const struct obligation *o, struct text name)
{
	form_say(r->form, PART_PARAGRAPH,
		 "Care has started, so nothing ends this by itself any more (%.*s). A manager "
		 "should see to it.",
		 TEXT_FMT(name));
	writer_printf(r->w, "There was time to %s until ", duty_words[o->duty].action);
	put_instant(r, o->due_at_us);
	writer_char(r->w, '.');
	form_part(r->form, PART_ITEM);
}

bool message_of_reminder(struct arena *arena, struct text public_url,
			 const struct placement *placement, const struct obligation *obligation,
			 struct text name, const struct party *party, struct message *out)
{
	struct form form;
	struct reader r = {arena, &form, &form.now, placement, party};
	const struct duty_words *words = &duty_words[obligation->duty];
	bool late = obligation->missed_at_us != NEVER_US;
	bool stands = late && is_nobodys((int32_t)obligation->owed_by);
	struct text reference = placement->opening->reference;

	assert(reference_is_sound(reference));
	if (!is_told_of(&r, obligation->duty, (int32_t)obligation->owed_by, obligation->thread) ||
	    party_hears_no_more(placement, party))
		return false;
	put_head(&r);
	if (stands) {
		put_standing(&r, obligation, name);
	} else {
		form_say(&form, PART_PARAGRAPH, "%s (%.*s).",
			 late ? "This has not been done in time" : "A reminder", TEXT_FMT(name));
		put_due(&r, obligation->duty, (int32_t)obligation->owed_by, obligation->due_at_us);
		if (late && obligation->owed_by == party->side)
			form_say(&form, PART_PARAGRAPH,
				 "This goes to the manager again and again until it is done.");
	}
	put_link(&r, public_url);
	out->kind = "reminder";
	out->subject = text_printf(
		arena, "%.*s: %s: %s", TEXT_FMT(reference), late ? "still to do" : "reminder",
		obligation->owed_by == SIDE_TIME && !late ? words->expires : words->action);
	form_end(&form, "reminder", out);
	return true;
}
