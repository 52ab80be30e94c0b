/*
 * apply_beside.c - folds a fact about another entry: corrected, entered in error, redacted.
 *
 * The entry's fact is never touched: what the placement has drawn from it is drawn again, from a
 * copy with the true value, or taken out.
 */
#include "apply_parts.h"

static const void **data_drawn(struct placement *p, int64_t seq)
{
	if (seq == 1)
		return (const void **)&p->opening;
	for (size_t i = 0; i < p->review_count; i++)
		if (p->reviews[i].entry == seq)
			return (const void **)&p->reviews[i].data;
	for (size_t i = 0; i < p->funding_change_count; i++)
		if (p->funding_changes[i].entry == seq)
			return (const void **)&p->funding_changes[i].data;
	for (size_t i = 0; i < p->top_up_count; i++)
		if (p->top_ups[i].entry == seq)
			return (const void **)&p->top_ups[i].data;
	return NULL;
}

const void *entry_drawn(const struct placement *placement, int64_t entry)
{
	const void **drawn = data_drawn((struct placement *)placement, entry);

	return drawn ? *drawn : NULL;
}

static bool correct_absence(struct placement *p, const struct correct *data, int32_t day)
{
	struct absence *absence = (struct absence *)absence_of_entry(p, data->entry);

	if (!absence)
		return false;
	if (text_is(data->field, "from"))
		absence->from_day = day;
	else
		absence->to_day = day;
	return true;
}

/* Once it is confirmed, care started then; before, that is what would be confirmed. */
static bool correct_existing(struct placement *p, const struct fact *entry,
			     const struct correctable *row, int32_t day)
{
	if (!p->existing)
		return false;
	p->existing = correctable_put(p->arena, row, p->existing, day);
	for (size_t i = 0; i < p->agreement_count; i++)
		if (p->agreements[i].basis == AGREEMENT_EXISTING &&
		    p->agreements[i].thread == entry->thread)
			p->started_day = day;
	return true;
}

static bool apply_corrected(struct placement *p, const struct fact *fact)
{
	const struct correct *data = fact->data;
	const struct fact *entry = p->facts[data->entry - 1];
	const struct correctable *row = correctable_of(entry->kind, data->field);
	const void **drawn = data_drawn(p, data->entry);
	int64_t value;

	if (!row || !correctable_read(row, data->is, &value))
		return false;
	if (entry->kind == FACT_START_CONFIRMED) {
		p->started_day = (int32_t)value;
		return true;
	}
	if (entry->kind == FACT_EXISTING_AGREEMENT_RECORDED)
		return correct_existing(p, entry, row, (int32_t)value);
	if (entry->kind == FACT_ABSENCE_RECORDED || entry->kind == FACT_ABSENCE_ENDED)
		return correct_absence(p, data, (int32_t)value);
	if (!drawn)
		return false;
	*drawn = correctable_put(p->arena, row, *drawn, value);
	return true;
}

#define TAKE_OUT(list, count, seq)                          \
	do {                                                \
		size_t kept = 0;                            \
		for (size_t i = 0; i < (count); i++)        \
			if ((list)[i].entry != (seq))       \
				(list)[kept++] = (list)[i]; \
		(count) = kept;                             \
	} while (0)

static bool apply_in_error(struct placement *p, const struct fact *fact)
{
	int64_t seq = ((const struct mark_entered_in_error *)fact->data)->entry;
	struct absence *absence = (struct absence *)absence_of_entry(p, seq);

	if (absence)
		absence->in_error = true;
	if (p->facts[seq - 1]->kind == FACT_START_CONFIRMED)
		p->started_day = NO_DAY;
	TAKE_OUT(p->reviews, p->review_count, seq);
	TAKE_OUT(p->involvements, p->involvement_count, seq);
	TAKE_OUT(p->funding_changes, p->funding_change_count, seq);
	TAKE_OUT(p->top_ups, p->top_up_count, seq);
	return true;
}

bool apply_beside(struct placement *p, const struct fact *fact)
{
	int64_t seq = *(const int64_t *)fact->data;

	if (seq < 1 || seq >= fact->seq)
		return false;
	switch (fact->kind) {
	case FACT_CORRECTED:
		return apply_corrected(p, fact);
	case FACT_ENTERED_IN_ERROR:
		return apply_in_error(p, fact);
	case FACT_REDACTED:
		return true;
	default:
		return false;
	}
}
