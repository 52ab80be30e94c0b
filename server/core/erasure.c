/*
 * erasure.c - a person's own record folded from its facts, and when it may be erased.
 *
 * The only writer of a record. Rules are asked in the order in which an operator can do something
 * about them: what is asked, holds, care that goes on, and the years.
 */
#include "concordat/core/erasure.h"

#include "concordat/core/calendar.h"
#include "concordat/core/fields.h"

const char *const person_fact_names[] = {PERSON_FACTS(WORDS_NAME) NULL};

static const struct field person_data_fields[] = {
	BOOL_F(person_data, at_once, DER, "before the years had passed"),
	TEXT_F(person_data, grounds, REQ, GROUNDS_MOST,
	       "why: the rule, order or request it rests on, by its own number; nothing about the "
	       "person, for it stays in the log for good"),
	INT_F(person_data, hold, DER, 1, 1000000, "of a release: the entry that placed the hold"),
	DAY_F(person_data, kept_until_day, "kept_until", DER,
	      "until when the rule would have kept it"),
	INT_F(person_data, placements, DER, 0, 1000000, "of how many placements"),
	INT_F(person_data, records, DER, 0, 100000000, "texts, and documents that were attached"),
	BOOL_F(person_data, replayed, DER, "again, after an older backup was put back"),
};
static TABLE(person_data, struct person_data, "What was done about a person's record");

static const struct field person_fact_fields[] = {
	OBJECT_F(person_fact, data, REQ, &person_data_schema, "what"),
	ENUM_F(person_fact, kind, REQ, person_fact_names, "what happened"),
	INSTANT_F(person_fact, occurred_at_us, "occurred_at", REQ, "when"),
	INT_F(person_fact, v, REQ, 1, 1, "the form"),
};
TABLE(person_fact, struct person_fact, "An entry of a person's own record");

struct text person_fact_body(struct arena *arena, const struct person_fact *fact)
{
	struct writer w;

	writer_init(&w, arena);
	schema_write(&w, &person_fact_schema, fact, AUDIENCE_FACT);
	return writer_text(&w);
}

/* ---- the fold ---- */

void person_record_clear(struct person_record *record)
{
	*record = (struct person_record){.erased_at_us = NEVER_US};
}

static size_t hold_at(const struct person_record *record, int64_t entry)
{
	size_t i = 0;

	while (i < record->hold_count && record->holds[i] != entry)
		i++;
	return i;
}

static bool fold_release(struct person_record *record, const struct person_fact *fact)
{
	size_t at = hold_at(record, fact->data.hold);

	if (at == record->hold_count)
		return false;
	record->hold_count--;
	for (; at < record->hold_count; at++)
		record->holds[at] = record->holds[at + 1];
	return true;
}

static bool fold(struct person_record *record, const struct person_fact *fact)
{
	switch ((enum person_fact_kind)fact->kind) {
	case PERSON_HOLD_PLACED:
		if (record->hold_count == HOLDS_MOST)
			return false;
		record->holds[record->hold_count++] = fact->seq;
		return true;
	case PERSON_HOLD_RELEASED:
		return fold_release(record, fact);
	case PERSON_ERASED:
		if (record->erased_at_us == NEVER_US)
			record->erased_at_us = fact->recorded_at_us;
		return true;
	case PERSON_FACT_COUNT:
		break;
	}
	return false;
}

bool person_apply(struct person_record *record, const struct person_fact *fact)
{
	if (fact->seq != record->seq + 1 || fact->recorded_at_us <= record->recorded_at_us ||
	    !fold(record, fact))
		return false;
	record->seq = fact->seq;
	record->recorded_at_us = fact->recorded_at_us;
	record->last_header = fact->header_hash;
	return true;
}

/* ---- the rules ---- */

/* False, so that it can be returned. */
static bool no(struct refusal *refusal, const char *rule, struct text sentence)
{
	*refusal = (struct refusal){rule, TEXT_NONE, sentence};
	return false;
}

/* The first day on which the rule lets the person be erased. */
static int32_t kept_until(const struct person_standing *standing)
{
	return day_add_months(london_day(standing->last_entry_us), 12 * (int32_t)standing->years);
}

static bool may_hold(const struct person_record *record, const struct person_standing *standing,
		     struct refusal *refusal)
{
	if (!standing->has_key)
		return no(refusal, "person_erased",
			  TEXT("This person's record has been erased: there is nothing left to "
			       "hold."));
	if (standing->listed)
		return no(refusal, "erasing_begun",
			  TEXT("This person's record is being erased: it is in the list of "
			       "erasures, and is finished when the service next starts."));
	if (record->hold_count == HOLDS_MOST)
		return no(refusal, "holds_most",
			  TEXT("As many legal holds as can stand are standing. Release those that "
			       "are over."));
	return true;
}

static bool may_release(const struct person_record *record, const struct person_asked *asked,
			struct refusal *refusal)
{
	if (!record->hold_count)
		return no(refusal, "no_hold", TEXT("No legal hold stands on this person."));
	if (asked->hold == NO_INT && record->hold_count > 1)
		return no(refusal, "hold_named",
			  TEXT("More than one legal hold stands. Say which, with --hold and the "
			       "number it was given."));
	if (asked->hold != NO_INT && hold_at(record, asked->hold) == record->hold_count)
		return no(refusal, "no_hold",
			  TEXT("No legal hold of that number stands on this person."));
	return true;
}

static bool may_erase(struct arena *arena, const struct person_record *record,
		      const struct person_standing *standing, const struct person_asked *asked,
		      int64_t now_us, struct refusal *refusal)
{
	int32_t until = kept_until(standing);

	if (asked->replayed)
		return true;
	if (!standing->has_key)
		return no(refusal, "person_erased",
			  TEXT("This person's record has been erased already."));
	if (record->hold_count)
		return no(refusal, "legal_hold",
			  text_printf(arena,
				      "A legal hold stands on this person (number %d), and nothing "
				      "overrides it. Release it first, with concordatd "
				      "release-hold, once whoever asked for it agrees.",
				      record->holds[0]));
	if (standing->running.at)
		return no(
			refusal, "care_ended",
			text_printf(arena,
				    "Placement %.*s has not ended, and could not go on without its "
				    "texts. Bring it to its end first.",
				    TEXT_FMT(standing->running)));
	if (!asked->at_once && london_day(now_us) < until)
		return no(refusal, "kept_for_years",
			  text_printf(arena,
				      "The record is kept until %.*s: %lld years after the last "
				      "entry of the person's last placement. Where a court's order "
				      "or a request that was upheld says otherwise, give --now and "
				      "name it in --grounds.",
				      TEXT_FMT(day_text(arena, until)),
				      (long long)standing->years));
	return true;
}

struct person_fact *person_decide(struct arena *arena, const struct person_record *record,
				  const struct person_standing *standing,
				  const struct person_asked *asked, int64_t now_us,
				  struct refusal *refusal)
{
	struct person_fact *fact;
	bool may = false;

	switch (asked->kind) {
	case PERSON_HOLD_PLACED:
		may = may_hold(record, standing, refusal);
		break;
	case PERSON_HOLD_RELEASED:
		may = may_release(record, asked, refusal);
		break;
	case PERSON_ERASED:
		may = may_erase(arena, record, standing, asked, now_us, refusal);
		break;
	case PERSON_FACT_COUNT:
		break;
	}
	if (!may)
		return NULL;
	fact = arena_make(arena, struct person_fact);
	schema_clear(&person_fact_schema, fact);
	fact->seq = record->seq + 1;
	fact->recorded_at_us = now_us;
	fact->occurred_at_us = now_us;
	fact->kind = (int32_t)asked->kind;
	fact->v = 1;
	fact->data.grounds = asked->grounds;
	if (asked->kind == PERSON_HOLD_RELEASED)
		fact->data.hold = asked->hold == NO_INT ? record->holds[0] : asked->hold;
	if (asked->kind != PERSON_ERASED)
		return fact;
	fact->data.placements = standing->placements;
	fact->data.records = standing->records;
	fact->data.kept_until_day = kept_until(standing);
	fact->data.replayed = asked->replayed;
	fact->data.at_once = !asked->replayed && london_day(now_us) < fact->data.kept_until_day;
	return fact;
}
