/*
 * correctable.c - which values of an entry its own side may put right, and what follows for clocks.
 *
 * A value is a day, an amount of pounds, or what one payer pays of a fee; a correction states it as
 * text. What may be stated instead is correction.c's to say.
 */
#include "concordat/core/money.h"
#include "concordat/core/situation.h"

/* ---- what follows for clocks ---- */

static enum obligation_state judged(int64_t due_at_us, int64_t done_at_us)
{
	return due_at_us < done_at_us ? OBLIGATION_MET_LATE : OBLIGATION_MET;
}

static bool count_again(const struct situation *s, struct fact *fact, const struct obligation *o,
			int64_t anchor_us)
{
	struct due_change *change;

	if (!obligation_is_open(o) && o->state != OBLIGATION_MET && o->state != OBLIGATION_MET_LATE)
		return true;
	if (!move_due(s, fact, o, o->rule, anchor_us, "corrected"))
		return false;
	change = (struct due_change *)fact->changes.items + fact->changes.count - 1;
	if (!obligation_is_open(o))
		change->state =
			(int32_t)judged(change->new_due_at_us, obligation_done_us(s->placement, o));
	return true;
}

/* Reviews count from the start, until one is held that the next counts from. */
static bool start_moved(const struct situation *s, struct fact *fact, const struct fact *entry,
			int32_t day)
{
	for (size_t i = 0; i < s->placement->obligation_count; i++) {
		const struct obligation *o = &s->placement->obligations[i];

		if (BIT(o->duty) & REVIEW_DUTIES && o->entry == entry->seq &&
		    !count_again(s, fact, o, london_instant(day, 0, 0)))
			return false;
	}
	return true;
}

/* Of care that already ran: the review that was stated stays, those behind it count from the start,
 * and one that would have been due before it was brought here is owed no more. */
static bool existing_start_moved(const struct situation *s, struct fact *fact,
				 const struct fact *entry, int32_t day)
{
	const struct placement *p = s->placement;
	int64_t was_us, is_us = london_instant(day, 0, 0);
	const struct obligation *o;
	const struct fact *opening;
	struct due due;

	(void)entry;
	if (p->started_day == NO_DAY)
		return true;
	was_us = london_instant(p->started_day, 0, 0);
	for (size_t i = 0; i < p->obligation_count; i++) {
		o = &p->obligations[i];
		opening = p->facts[o->entry - 1];
		if (opening->kind != FACT_EXISTING_AGREEMENT_CONFIRMED || o->anchor_us != was_us)
			continue;
		due = due_derive(s->world->calendar, o->rule, is_us, NULL, 0);
		if (due.state == DUE_SET && due.at_us <= opening->occurred_at_us)
			end_obligation(s, fact, o, OBLIGATION_RELEASED);
		else if (!count_again(s, fact, o, is_us))
			return false;
	}
	return true;
}

/* What the review met is judged by the true day, and the next yearly one counts from it. */
static bool review_moved(const struct situation *s, struct fact *fact, const struct fact *entry,
			 int32_t day)
{
	const struct closed *closes = entry->closes.items;

	for (size_t i = 0; i < entry->closes.count; i++) {
		const struct obligation *o = placement_obligation(
			s->placement, (int32_t)closes[i].entry, (int32_t)closes[i].n);
		struct due same = {.at_us = o->due_at_us,
				   .nominal_day = o->nominal_day,
				   .due_day = o->due_day,
				   .provisional = o->provisional};

		if (o->state == OBLIGATION_MET || o->state == OBLIGATION_MET_LATE)
			set_due(s, fact, o, &same, "corrected")->state =
				(int32_t)judged(o->due_at_us, london_instant(day, 17, 0));
	}
	return start_moved(s, fact, entry, day);
}

/* ---- the table ---- */

#define OPENING(field, member) \
	FACT_PLACEMENT_OPENED, field, CORRECTS_DAY, offsetof(struct open_placement, member)
#define PAYER(field, funder) FACT_FUNDING_CHANGED, field, CORRECTS_PART, funder

static const struct correctable correctables[] = {
	{OPENING("wanted_start", wanted_start_day), NULL},
	{OPENING("planned_end", planned_end_day), NULL},
	{FACT_START_CONFIRMED, "started", CORRECTS_DAY, offsetof(struct confirm_start, started_day),
	 start_moved},
	{FACT_EXISTING_AGREEMENT_RECORDED, "started", CORRECTS_DAY,
	 offsetof(struct record_existing_agreement, started_day), existing_start_moved},
	{FACT_FUNDING_CHANGED, "from", CORRECTS_DAY, offsetof(struct change_funding, from_day),
	 NULL},
	{PAYER("authority", FUNDER_AUTHORITY), NULL},
	{PAYER("nhs", FUNDER_NHS), NULL},
	{PAYER("person", FUNDER_PERSON), NULL},
	{PAYER("third_party", FUNDER_THIRD_PARTY), NULL},
	{FACT_TOP_UP_SIGNED, "signed_on", CORRECTS_DAY, offsetof(struct sign_top_up, signed_day),
	 NULL},
	{FACT_TOP_UP_SIGNED, "weekly", CORRECTS_AMOUNT, offsetof(struct sign_top_up, weekly_p),
	 NULL},
	{FACT_ABSENCE_RECORDED, "from", CORRECTS_DAY, offsetof(struct record_absence, from_day),
	 NULL},
	{FACT_ABSENCE_RECORDED, "to", CORRECTS_DAY, offsetof(struct record_absence, to_day), NULL},
	{FACT_ABSENCE_ENDED, "to", CORRECTS_DAY, offsetof(struct end_absence, to_day), NULL},
	{FACT_REVIEW_HELD, "held_on", CORRECTS_DAY, offsetof(struct hold_review, held_day),
	 review_moved},
	{FACT_REVIEW_HELD, "reassessed_on", CORRECTS_DAY,
	 offsetof(struct hold_review, reassessed_day), NULL},
};

const struct correctable *correctable_of(enum fact_kind kind, struct text field)
{
	for (size_t i = 0; i < sizeof(correctables) / sizeof(correctables[0]); i++)
		if (correctables[i].kind == kind && text_is(field, correctables[i].field))
			return &correctables[i];
	return NULL;
}

bool kind_is_correctable(enum fact_kind kind)
{
	for (size_t i = 0; i < sizeof(correctables) / sizeof(correctables[0]); i++)
		if (correctables[i].kind == kind)
			return true;
	return false;
}

/* ---- values ---- */

static struct funding_part *part_of(const struct list *parts, size_t funder)
{
	struct funding_part *part = parts->items;

	for (size_t i = 0; i < parts->count; i++)
		if (part[i].funder == (int32_t)funder)
			return &part[i];
	return NULL;
}

bool correctable_read(const struct correctable *row, struct text stated, int64_t *value)
{
	int32_t day;

	if (row->as != CORRECTS_DAY)
		return money_parse(stated, value) && *value >= 0;
	if (!day_parse(stated, &day))
		return false;
	*value = day;
	return true;
}

int64_t correctable_value(const struct correctable *row, const void *data)
{
	const char *at = (const char *)data + row->offset;
	const struct funding_part *part;

	switch (row->as) {
	case CORRECTS_DAY:
		return *(const int32_t *)at;
	case CORRECTS_AMOUNT:
		return *(const int64_t *)at;
	case CORRECTS_PART:
		part = part_of(&((const struct change_funding *)data)->funding, row->offset);
		return part ? part->weekly_p : NO_INT;
	}
	return NO_INT;
}

void *correctable_put(struct arena *arena, const struct correctable *row, const void *data,
		      int64_t value)
{
	void *copy = arena_copy(arena, data, move_schema((enum move)row->kind)->size);
	struct list *parts = &((struct change_funding *)copy)->funding;

	switch (row->as) {
	case CORRECTS_DAY:
		*(int32_t *)((char *)copy + row->offset) = (int32_t)value;
		break;
	case CORRECTS_AMOUNT:
		*(int64_t *)((char *)copy + row->offset) = value;
		break;
	case CORRECTS_PART:
		parts->items =
			arena_copy(arena, parts->items, parts->count * sizeof(struct funding_part));
		part_of(parts, row->offset)->weekly_p = value;
		break;
	}
	return copy;
}
