/*
 * message_home.c - what an authority and a home's provider are told of the authority's record of
 * it.
 *
 * As message.c: from tables, the home's name and dates; nothing that anybody typed of it.
 */
#include "message_form.h"
#include "message_words.h"

static const struct {
	const char *subject, *did;
} words[HOME_FACT_COUNT] = {
	[HOME_SCORED] = {"score recorded", "recorded how good the home was found to be"},
	[HOME_FLAG_RAISED] = {"flag", "set the flag of the home to"},
	[HOME_FLAG_ANSWERED] = {"flag answered", "answered the flag"},
	[HOME_PLAN_FILED] = {"improvement plan", "filed an improvement plan"},
	[HOME_HELP_OFFERED] = {"help offered", "offered the home help"},
	[HOME_FLAG_TOLD] = {"flag of another authority",
			    "told of another authority's flag of the home; it is at"},
	[HOME_MISSED] = {"not done in time", NULL},
	[HOME_DUE_CHANGED] = {"dates changed", "moved dates by a newer calendar"},
	[HOME_CHECKED] = {"resident looked at", "recorded how a resident is"},
};

struct home_reader {
	struct arena *arena;
	struct form *form;
	enum side side;
};

static const char *side_word(const struct home_reader *r, int32_t side)
{
	if (side == (int32_t)r->side)
		return "You";
	return side == SIDE_COMMISSIONER ? "The authority"
	       : side == SIDE_PROVIDER	 ? "The provider"
					 : "The service";
}

static void put_due(const struct home_reader *r, int32_t duty, int32_t owed_by, int64_t due_at_us)
{
	form_say(r->form, PART_ITEM, "%s: %s, by %.*s.", side_word(r, owed_by),
		 duty_words[duty].action, TEXT_FMT(instant_words(r->arena, due_at_us)));
}

static void put_happened(const struct home_reader *r, const struct home_fact *fact)
{
	const struct home_data *data = &fact->data;
	bool is_flag = fact->kind == HOME_FLAG_RAISED || fact->kind == HOME_FLAG_TOLD;

	if (fact->kind == HOME_MISSED) {
		form_say(r->form, PART_HEADING, "This was not done in time, and is still due:");
		put_due(r, data->duty, data->owed_by, data->due_at_us);
		return;
	}
	form_say(r->form, PART_PARAGRAPH, "%s %s%s%s, on %.*s.", side_word(r, fact->actor.side),
		 words[fact->kind].did, is_flag ? " " : "",
		 is_flag ? flag_level_names[data->level] : "",
		 TEXT_FMT(instant_words(r->arena, fact->recorded_at_us)));
	if (fact->kind == HOME_SCORED)
		form_say(r->form, PART_PARAGRAPH,
			 "It holds from %.*s. Fees follow it where an agreement says so; each "
			 "placement tells what it comes to.",
			 TEXT_FMT(day_words(r->arena, data->on_day)));
}

static void put_opened(const struct home_reader *r, const struct home_fact *fact)
{
	const struct home_opened *opens = fact->opens.items;

	for (size_t i = 0; i < fact->opens.count; i++) {
		if (!i)
			form_say(r->form, PART_HEADING, "Actions due from this:");
		put_due(r, opens[i].duty, opens[i].owed_by, opens[i].due_at_us);
	}
}

static void put_changed(const struct home_reader *r, const struct home_record *record,
			const struct home_fact *fact)
{
	const struct home_change *changes = fact->changes.items;

	for (size_t i = 0; i < fact->changes.count; i++)
		for (size_t n = 0; n < record->owed_count; n++) {
			const struct obligation *due = &record->owed[n].due;

			if (due->entry == changes[i].entry && due->n == changes[i].n)
				put_due(r, (int32_t)due->duty, (int32_t)due->owed_by,
					changes[i].new_due_at_us);
		}
}

static void put_link(const struct home_reader *r, struct text public_url, struct uuid home)
{
	form_link(r->form, "Sign in to see it and what can be done next:", public_url, "homes",
		  uuid_text(r->arena, home));
}

/* A subject is one line, and a home's name is what somebody entered. */
static struct text subject_of(struct arena *arena, struct text name, const char *what,
			      const char *more)
{
	struct text subject = text_printf(arena, "%.*s: %s%s%s", TEXT_FMT(name), what,
					  more ? ": " : "", more ? more : "");
	char *at = (char *)subject.at;

	for (size_t i = 0; i < subject.len; i++)
		if ((unsigned char)at[i] < ' ' || at[i] == 0x7f)
			at[i] = ' ';
	return subject;
}

void message_of_home_fact(struct arena *arena, struct text public_url, struct text name,
			  const struct home_record *record, const struct home_fact *fact,
			  enum side side, struct message *out)
{
	struct form form;
	struct home_reader r = {arena, &form, side};
	bool mine = fact->actor.side == (int32_t)side;

	form_begin(&form, arena);
	form_say(&form, PART_TITLE, "Home %.*s", TEXT_FMT(name));
	put_happened(&r, fact);
	put_opened(&r, fact);
	put_changed(&r, record, fact);
	put_link(&r, public_url, record->home);
	out->kind = mine ? "receipt" : home_fact_names[fact->kind];
	out->subject =
		subject_of(arena, name, words[fact->kind].subject,
			   fact->kind == HOME_MISSED	    ? duty_words[fact->data.duty].action
			   : fact->kind == HOME_FLAG_RAISED ? flag_level_names[fact->data.level]
							    : NULL);
	form_end(&form,
		 text_cstr(arena, text_printf(arena, "home_%s", home_fact_names[fact->kind])), out);
}

void message_of_home_reminder(struct arena *arena, struct text public_url, struct text name,
			      struct uuid home, const struct obligation *due, struct text when,
			      struct message *out)
{
	struct form form;
	struct home_reader r = {arena, &form, due->owed_by};
	bool late = due->missed_at_us != NEVER_US;

	form_begin(&form, arena);
	form_say(&form, PART_TITLE, "Home %.*s", TEXT_FMT(name));
	form_say(&form, PART_PARAGRAPH, "%s (%.*s).",
		 late ? "This has not been done in time" : "A reminder", TEXT_FMT(when));
	put_due(&r, (int32_t)due->duty, (int32_t)due->owed_by, due->due_at_us);
	if (late)
		form_say(&form, PART_PARAGRAPH,
			 "This goes to the manager again and again until it is done.");
	put_link(&r, public_url, home);
	out->kind = "reminder";
	out->subject = subject_of(arena, name, late ? "still to do" : "reminder",
				  duty_words[due->duty].action);
	form_end(&form, "home_reminder", out);
}
