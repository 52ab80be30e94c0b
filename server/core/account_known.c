/*
 * account_known.c - one state of knowledge: which version, payers and absence a night is paid by.
 *
 * Versions come from the placement's list, whatever made them, so that a new kind of version needs
 * nothing here. Amounts are counted from the first night of a stretch with the same fee and rounded
 * as they accumulate; so nights may be cut anywhere and still add up.
 */
#include <string.h>

#include "account_parts.h"
#include "concordat/core/money.h"

#define WHOLE_R 1000000 /* 100%, ten-thousandths of one per cent */
#define NIGHTS_A_WEEK 7
#define FOR_EVER INT32_MAX

/* ---- what is known ---- */

/* An uplift and a novation carry the payers of the terms they were made from on. */
static int32_t funding_since(const struct placement *p, const struct agreement *agreement)
{
	return agreement->terms->funding.count ? p->agreements[agreement->rests_on - 1].from_day
					       : NO_DAY;
}

static void take_versions(struct arena *arena, const struct placement *p, struct known *known)
{
	struct paid_by *v;

	known->versions = arena_array(arena, struct paid_by, p->interim_count + p->agreement_count);
	for (size_t i = 0; i < p->interim_count; i++) {
		const struct interim *interim = &p->interims[i];

		if (!interim->agreed_entry)
			continue;
		v = &known->versions[known->version_count++];
		v->entry = interim->agreed_entry;
		v->from_day = interim->from_day;
		v->to_day = v->paid_from_day = v->funding_from_day = NO_DAY;
		v->weekly_p = interim->weekly_p;
		v->provider = placement_thread(p, interim->thread)->provider;
	}
	for (size_t i = 0; i < p->agreement_count; i++) {
		const struct agreement *agreement = &p->agreements[i];

		v = &known->versions[known->version_count++];
		v->number = agreement->number;
		v->entry = agreement->entry;
		v->from_day = agreement->from_day;
		v->to_day = agreement->to_day;
		v->paid_from_day = agreement->paid_from_day;
		v->funding_from_day = funding_since(p, agreement);
		v->terms = agreement->terms;
		v->weekly_p = agreement->terms->weekly_p;
		if (quality_matters(&agreement->terms->quality))
			v->clause = agreement_quality(p, agreement);
		v->provider = placement_thread(p, agreement->thread)->provider;
	}
}

static const struct paid_by *version_on(const struct known *known, int32_t day, int32_t paid_day)
{
	for (size_t i = known->version_count; i-- > 0;) {
		const struct paid_by *v = &known->versions[i];

		if (v->from_day <= day && (v->to_day == NO_DAY || day <= v->to_day) &&
		    v->paid_from_day <= paid_day)
			return v;
	}
	return NULL;
}

/* Where nothing was agreed that says which day is the last one paid for. */
static int32_t day_of_end(const struct fact *fact)
{
	return fact->kind == FACT_DEATH_RECORDED
		       ? ((const struct record_death *)fact->data)->died_day
		       : london_day(fact->occurred_at_us);
}

/* The day of discharge is no night, unless the terms count it. A death and another payer come with
 * the last day that is paid for. */
static int32_t last_night(const struct known *known, const struct placement *p,
			  const struct fact *ended)
{
	const struct paid_by *version;

	if (p->last_day == NO_DAY)
		return day_of_end(ended) - 1;
	if (ended->kind != FACT_CARE_ENDED)
		return p->last_day;
	version = version_on(known, p->last_day, FOR_EVER);
	return version && version->terms && version->terms->day_count == DAY_COUNT_DAYS
		       ? p->last_day
		       : p->last_day - 1;
}

struct known *known_now(struct arena *arena, const struct placement *p)
{
	struct known *known = arena_make(arena, struct known);

	take_versions(arena, p, known);
	known->first_night = p->started_day;
	known->last_night = NO_DAY;
	if (p->ended_entry)
		known->last_night = last_night(known, p, p->facts[p->ended_entry - 1]);
	known->opening = &p->opening->funding;
	known->change_count = p->funding_change_count;
	known->changes = arena_copy(arena, p->funding_changes,
				    p->funding_change_count * sizeof(struct funding_change));
	known->quality_count = p->quality_count;
	known->qualities =
		arena_copy(arena, p->qualities, p->quality_count * sizeof(struct quality));
	known->absences = arena_array(arena, struct away, p->absence_count);
	for (size_t i = 0; i < p->absence_count; i++) {
		struct away *away = &known->absences[known->absence_count];

		if (p->absences[i].in_error)
			continue;
		known->absence_count++;
		away->entry = p->absences[i].entry;
		away->from_day = p->absences[i].from_day;
		away->to_day = p->absences[i].to_day;
		away->held_r = p->absences[i].held_r;
	}
	return known;
}

bool known_same(const struct known *a, const struct known *b)
{
	for (size_t i = 0; i < a->change_count && i < b->change_count; i++)
		if (a->changes[i].entry != b->changes[i].entry ||
		    a->changes[i].data != b->changes[i].data)
			return false;
	/* replaced by a newer one only */
	return a->quality_count == b->quality_count && a->first_night == b->first_night &&
	       a->last_night == b->last_night && a->version_count == b->version_count &&
	       a->change_count == b->change_count && a->absence_count == b->absence_count &&
	       (!a->version_count ||
		!memcmp(a->versions, b->versions, a->version_count * sizeof(struct paid_by))) &&
	       (!a->absence_count ||
		!memcmp(a->absences, b->absences, a->absence_count * sizeof(struct away)));
}

/* ---- who pays ---- */

struct funding_found {
	int32_t from_day, entry;
	const struct list *parts;
};

static void consider(struct funding_found *best, int32_t from_day, int32_t entry,
		     const struct list *parts)
{
	if (from_day > best->from_day || (from_day == best->from_day && entry > best->entry))
		*best = (struct funding_found){from_day, entry, parts};
}

/* What began last: a change of funding, the version's own, or else as the placement was opened. */
static struct funding_found funding_on(const struct known *known, const struct paid_by *version,
				       int32_t day)
{
	struct funding_found best = {NO_DAY, 1, known->opening};

	if (version->funding_from_day != NO_DAY)
		consider(&best, version->funding_from_day, version->entry,
			 &version->terms->funding);
	for (size_t i = 0; i < known->change_count; i++)
		if (known->changes[i].data->from_day <= day)
			consider(&best, known->changes[i].data->from_day, known->changes[i].entry,
				 &known->changes[i].data->funding);
	return best;
}

static int64_t at_most(int64_t amount_p, int64_t left_p)
{
	return amount_p < left_p ? amount_p : left_p;
}

static void split(const struct list *parts, struct run *run)
{
	const struct funding_part *part = parts->items;

	funding_amounts(parts, run->weekly.total_p, run->weekly.by_p);
	for (size_t i = 0; i < parts->count; i++) {
		run->weekly.payers |= 1u << part[i].funder;
		if (part[i].weekly_p == NO_INT && part[i].share_r == NO_INT)
			run->rest = (enum funder)part[i].funder;
	}
}

/* Each amount by the factor, rounded once; the rest to who takes it. Of a total that is rounded
 * already. */
static struct amounts scaled(const struct run *run, int64_t total_p, int64_t by, int64_t of)
{
	struct amounts out = {.total_p = total_p, .payers = run->weekly.payers};
	int64_t left_p = total_p;

	for (int funder = 0; funder < FUNDER_COUNT; funder++) {
		if (funder == (int)run->rest)
			continue;
		out.by_p[funder] = at_most(
			(int64_t)divide_round((__int128)run->weekly.by_p[funder] * by, of), left_p);
		left_p -= out.by_p[funder];
	}
	out.by_p[run->rest] = left_p;
	return out;
}

/* ---- runs ---- */

static const struct away *absence_on(const struct known *known, int32_t day)
{
	for (size_t i = known->absence_count; i-- > 0;) {
		const struct away *a = &known->absences[i];

		if (a->from_day <= day && (a->to_day == NO_DAY || day <= a->to_day))
			return a;
	}
	return NULL;
}

struct days {
	int32_t *items;
	size_t count;
};

static void put_day(struct days *days, int32_t day)
{
	size_t i = days->count;

	if (day == NO_DAY)
		return;
	for (; i && days->items[i - 1] > day; i--)
		days->items[i] = days->items[i - 1];
	days->items[i] = day;
	days->count++;
}

static int32_t day_after(int32_t day)
{
	return day == NO_DAY ? NO_DAY : day + 1;
}

/* Every day on which something may begin to be otherwise. */
static struct days breaks_of(struct arena *arena, const struct known *known)
{
	struct days days = {0};

	days.items = arena_array(arena, int32_t,
				 1 + 3 * known->version_count + known->change_count +
					 2 * known->absence_count + known->quality_count);
	put_day(&days, known->first_night);
	for (size_t i = 0; i < known->version_count; i++) {
		put_day(&days, known->versions[i].from_day);
		put_day(&days, day_after(known->versions[i].to_day));
		if (known->versions[i].terms)
			put_day(&days, day_after(known->versions[i].terms->end_day));
	}
	for (size_t i = 0; i < known->change_count; i++)
		put_day(&days, known->changes[i].data->from_day);
	for (size_t i = 0; i < known->quality_count; i++)
		put_day(&days, known->qualities[i].data->from_day);
	for (size_t i = 0; i < known->absence_count; i++) {
		put_day(&days, known->absences[i].from_day);
		put_day(&days, day_after(known->absences[i].to_day));
	}
	return days;
}

static bool run_begin(const struct known *known, int32_t day, int32_t paid_day, struct run *run)
{
	const struct paid_by *version = version_on(known, day, paid_day);
	const struct paid_by *covering = version_on(known, day, FOR_EVER);
	struct quality_clause clause;
	struct funding_found funding;

	if (!version)
		return false;
	funding = funding_on(known, version, day);
	*run = (struct run){
		.from_day = day,
		.version = version,
		.provider = covering->provider,
		.absence = absence_on(known, day),
		.past_end = version->terms && version->terms->end_day != NO_DAY &&
			    day > version->terms->end_day,
		.funding_entry = funding.entry,
		.parts = funding.parts,
		.weekly = {.total_p = version->weekly_p},
		.rest = FUNDER_AUTHORITY,
		.total_since = day,
		.by_since = day,
	};
	if (version->clause.terms) {
		clause = version->clause;
		clause.home = covering->clause.home; /* of the same terms, with another fee */
		run->quality = quality_on(&clause, known->qualities, known->quality_count, day);
		run->weekly.total_p = run->quality.worked.payable_p;
	}
	split(funding.parts, run);
	run->top_up_p = run->weekly.by_p[FUNDER_THIRD_PARTY];
	if (run->absence)
		run->weekly = scaled(
			run,
			(int64_t)divide_round((__int128)run->weekly.total_p * run->absence->held_r,
					      WHOLE_R),
			run->absence->held_r, WHOLE_R);
	return true;
}

/* The same fee to the same provider goes on, and perhaps by the same parts. */
static void go_on(const struct run *before, struct run *run)
{
	if (before->to_day + 1 != run->from_day || before->weekly.total_p != run->weekly.total_p ||
	    !uuid_eq(before->provider, run->provider))
		return;
	run->total_since = before->total_since;
	if (before->rest == run->rest && amounts_are_same(&before->weekly, &run->weekly))
		run->by_since = before->by_since;
}

struct runs known_runs(struct arena *arena, const struct known *known, int32_t paid_day,
		       int32_t to_day)
{
	struct days days = breaks_of(arena, known);
	struct runs runs = {.items = arena_array(arena, struct run, days.count)};
	int32_t last = known->last_night == NO_DAY || known->last_night > to_day
			       ? to_day
			       : known->last_night;

	for (size_t i = 0; i < days.count; i++) {
		int32_t to = i + 1 < days.count ? days.items[i + 1] - 1 : last;
		struct run *run = &runs.items[runs.count];

		if (to > last)
			to = last;
		if (known->first_night == NO_DAY || days.items[i] < known->first_night ||
		    days.items[i] > to || !run_begin(known, days.items[i], paid_day, run))
			continue;
		run->to_day = to;
		if (runs.count++)
			go_on(run - 1, run);
	}
	return runs;
}

/* ---- amounts ---- */

static int64_t for_nights(int64_t weekly_p, int64_t nights)
{
	return (int64_t)divide_round((__int128)weekly_p * nights, NIGHTS_A_WEEK);
}

static int64_t total_until(const struct run *run, int32_t day)
{
	return for_nights(run->weekly.total_p, day - run->total_since + 1);
}

/* From the first night of the same parts to this one. */
static struct amounts due_until(const struct run *run, int32_t day)
{
	return scaled(run, total_until(run, day) - total_until(run, run->by_since - 1),
		      day - run->by_since + 1, NIGHTS_A_WEEK);
}

struct amounts run_due(const struct run *run, int32_t from_day, int32_t to_day)
{
	struct amounts out = {.payers = run->weekly.payers}, before;

	if (from_day < run->from_day)
		from_day = run->from_day;
	if (to_day > run->to_day)
		to_day = run->to_day;
	if (to_day < from_day)
		return (struct amounts){0};
	out = due_until(run, to_day);
	before = due_until(run, from_day - 1);
	amounts_add(&out, &before, -1);
	return out;
}

void amounts_add(struct amounts *sum, const struct amounts *more, int sign)
{
	sum->total_p += sign * more->total_p;
	for (int funder = 0; funder < FUNDER_COUNT; funder++)
		sum->by_p[funder] += sign * more->by_p[funder];
	sum->payers |= more->payers;
}

bool amounts_are_same(const struct amounts *one, const struct amounts *other)
{
	for (int funder = 0; funder < FUNDER_COUNT; funder++)
		if (one->by_p[funder] != other->by_p[funder])
			return false;
	return one->total_p == other->total_p && one->payers == other->payers;
}
