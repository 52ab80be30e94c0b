/*
 * account.c - the account of a placement: its periods, and what each new knowledge changed.
 *
 * The entries are folded again, one by one; each that leaves something else known is a step, and so
 * is the day from which an uplift is paid. A night is charged in the state of the last step by its
 * own day, and each later step adds the difference that it makes to nights before it. So charged
 * and adjusted are due, however many steps there are and whatever they say.
 */
#include "account_parts.h"

/* From this day on it is charged by this state of knowledge. */
struct step {
	int32_t day;	   /* NO_DAY: from the beginning, when nothing was known */
	int32_t known_day; /* when the entry was recorded */
	int32_t entry;
	const struct known *known;
	struct runs runs;
};

struct steps {
	struct step *items;
	size_t count;
	const struct placement *known; /* as it was known then */
};

/* ---- the steps ---- */

static void add_step(struct arena *arena, struct steps *steps, const struct step *step)
{
	*LIST_ADD(arena, steps->items, steps->count) = *step;
}

static bool is_in(const struct known *known, int32_t entry)
{
	for (size_t i = 0; i < known->version_count; i++)
		if (known->versions[i].entry == entry)
			return true;
	return false;
}

/* Of each version that this entry made and that is paid from a later day. */
static void find_waiting(struct arena *arena, struct steps *waiting, const struct step *made,
			 const struct known *before)
{
	for (size_t i = 0; i < made->known->version_count; i++) {
		const struct paid_by *version = &made->known->versions[i];
		struct step paid = *made;

		if (version->paid_from_day <= made->day || is_in(before, version->entry))
			continue;
		paid.day = version->paid_from_day;
		paid.entry = version->entry;
		add_step(arena, waiting, &paid);
	}
}

static const struct step *soonest(struct steps *waiting)
{
	struct step *first = NULL;

	for (size_t i = 0; i < waiting->count; i++)
		if (waiting->items[i].known && (!first || waiting->items[i].day < first->day))
			first = &waiting->items[i];
	return first;
}

/* Those that are paid before that day, each with what is known by then. */
static void take_waiting(struct arena *arena, struct steps *steps, struct steps *waiting,
			 int32_t before_day)
{
	const struct step *next;
	struct step paid;

	while ((next = soonest(waiting)) && next->day < before_day) {
		paid = *next;
		paid.known = steps->items[steps->count - 1].known;
		((struct step *)next)->known = NULL; /* taken */
		add_step(arena, steps, &paid);
	}
}

/* Care that ran before it was brought here was paid as it ran: nothing of that is put right now. */
static bool is_brought_in(const struct placement *folded, const struct known *before,
			  const struct known *now)
{
	return folded->existing && before && now->first_night != NO_DAY && now->version_count &&
	       (before->first_night == NO_DAY || !before->version_count);
}

static struct steps steps_of(struct arena *arena, const struct placement *placement,
			     int64_t known_at_us, int32_t to_day)
{
	struct placement *folded = placement_new(arena, placement->authority, placement->id);
	struct steps steps = {.known = folded}, waiting = {0};
	const struct known *before = NULL;

	for (size_t i = 0; i < placement->fact_count; i++) {
		const struct fact *fact = placement->facts[i];
		struct step step = {.entry = fact->seq};

		if (fact->recorded_at_us > known_at_us || !placement_apply(folded, fact))
			break;
		step.known = known_now(arena, folded);
		if (before && known_same(before, step.known))
			continue;
		step.day = step.known_day = london_day(fact->recorded_at_us);
		if (is_brought_in(folded, before, step.known))
			step.day = step.known->first_night;
		take_waiting(arena, &steps, &waiting, step.day + 1);
		if (before)
			find_waiting(arena, &waiting, &step, before);
		add_step(arena, &steps, &step);
		before = step.known;
	}
	take_waiting(arena, &steps, &waiting, INT32_MAX);
	steps.known = folded;
	for (size_t i = 0; i < steps.count; i++)
		steps.items[i].runs =
			known_runs(arena, steps.items[i].known, steps.items[i].day, to_day);
	return steps;
}

/* ---- sums ---- */

static bool is_asked(const struct account_question *q, const struct run *run)
{
	return (uuid_is_zero(q->provider) || uuid_eq(q->provider, run->provider)) &&
	       run_parts_of(run, q->payer);
}

static struct amounts due_in(const struct account_question *q, const struct runs *runs,
			     int32_t from_day, int32_t to_day)
{
	struct amounts sum = {0}, due;

	for (size_t i = 0; i < runs->count; i++) {
		if (!is_asked(q, &runs->items[i]))
			continue;
		due = run_due(&runs->items[i], from_day, to_day);
		due = amounts_of(&due, run_parts_of(&runs->items[i], q->payer));
		amounts_add(&sum, &due, 1);
	}
	return sum;
}

static int32_t earlier(int32_t one, int32_t other)
{
	return one < other ? one : other;
}

/* Each night by the state of its own day. */
static void add_charged(const struct account_question *q, const struct steps *steps,
			struct account *out)
{
	for (size_t i = 0; i < steps->count; i++) {
		int32_t from =
			steps->items[i].day > q->from_day ? steps->items[i].day : q->from_day;
		int32_t to = i + 1 < steps->count ? steps->items[i + 1].day - 1 : q->to_day;
		struct amounts charged =
			due_in(q, &steps->items[i].runs, from, earlier(to, q->to_day));

		amounts_add(&out->charged, &charged, 1);
	}
}

/* ---- adjustments ---- */

static const struct run *run_on(const struct account_question *q, const struct runs *runs,
				int32_t day)
{
	for (size_t i = 0; i < runs->count; i++)
		if (runs->items[i].from_day <= day && day <= runs->items[i].to_day)
			return is_asked(q, &runs->items[i]) ? &runs->items[i] : NULL;
	return NULL;
}

static bool pays_the_same(const struct account_question *q, const struct run *one,
			  const struct run *other)
{
	struct amounts weekly, before;

	if (!one || !other)
		return one == other;
	before = amounts_of(&one->weekly, run_parts_of(one, q->payer));
	weekly = amounts_of(&other->weekly, run_parts_of(other, q->payer));
	return amounts_are_same(&before, &weekly) && uuid_eq(one->provider, other->provider);
}

/* The first day behind this one on which either begins to be otherwise. */
static int32_t next_break(const struct runs *one, const struct runs *other, int32_t day,
			  int32_t end)
{
	const struct runs *both[] = {one, other};

	for (size_t b = 0; b < 2; b++)
		for (size_t i = 0; i < both[b]->count; i++) {
			const struct run *run = &both[b]->items[i];

			if (run->from_day > day)
				end = earlier(end, run->from_day);
			if (run->to_day >= day)
				end = earlier(end, run->to_day + 1);
		}
	return end;
}

/* Which nights of a range are paid otherwise. */
static void mark_nights(const struct account_question *q, const struct runs *before,
			const struct runs *after, int32_t end, struct account_adjustment *out)
{
	int32_t next;

	for (int32_t day = q->from_day; day < end; day = next) {
		next = next_break(before, after, day, end);
		if (pays_the_same(q, run_on(q, before, day), run_on(q, after, day)))
			continue;
		if (!out->nights)
			out->from_day = day;
		out->to_day = next - 1;
		out->nights += next - day;
	}
}

static bool is_anything(const struct amounts *amounts)
{
	for (int funder = 0; funder < FUNDER_COUNT; funder++)
		if (amounts->by_p[funder])
			return true;
	return amounts->total_p != 0;
}

/* What step n makes of the nights before it. False: nothing. */
static bool adjust(const struct account_question *q, const struct steps *steps, size_t n,
		   struct account_adjustment *out)
{
	static const struct runs nothing;
	const struct step *step = &steps->items[n];
	const struct runs *before = n ? &steps->items[n - 1].runs : &nothing;
	int32_t end = earlier(step->day, q->to_day + 1);
	struct amounts was = due_in(q, before, q->from_day, end - 1);

	*out = (struct account_adjustment){
		.entry = step->entry,
		.known_day = step->known_day,
		.paid_day = step->day,
		.from_day = NO_DAY,
		.to_day = NO_DAY,
		.difference = due_in(q, &step->runs, q->from_day, end - 1),
	};
	amounts_add(&out->difference, &was, -1);
	mark_nights(q, before, &step->runs, end, out);
	return is_anything(&out->difference);
}

static void add_adjustments(struct arena *arena, const struct account_question *q,
			    const struct steps *steps, struct account *out)
{
	struct account_adjustment *list = NULL, adjustment;

	for (size_t i = 0; i < steps->count; i++) {
		if (!adjust(q, steps, i, &adjustment))
			continue;
		*LIST_ADD(arena, list, out->adjustments.count) = adjustment;
		amounts_add(&out->adjusted, &adjustment.difference, 1);
	}
	out->adjustments.items = list;
}

/* ---- periods ---- */

static struct account_period period_of(const struct placement *placement,
				       const struct account_question *q, const struct run *run)
{
	struct amounts due = run_due(run, q->from_day, q->to_day);
	unsigned parts = run_parts_of(run, q->payer);
	bool is_whole = uuid_is_zero(q->payer);

	return (struct account_period){
		.from_day = run->from_day > q->from_day ? run->from_day : q->from_day,
		.to_day = earlier(run->to_day, q->to_day),
		.nights = earlier(run->to_day, q->to_day) + 1 -
			  (run->from_day > q->from_day ? run->from_day : q->from_day),
		.weekly = amounts_of(&run->weekly, parts),
		.due = amounts_of(&due, parts),
		.provider = run->provider,
		.agreement = (int32_t)run->version->number,
		.entry = run->version->entry,
		.funding_entry = run->funding_entry,
		.absence_entry = run->absence ? run->absence->entry : 0,
		.terms = is_whole ? run->version->clause.terms : NULL,
		.quality = is_whole ? run->quality : (struct quality_found){.score_r = NO_INT},
		.past_end = run->past_end,
		.top_up_unsigned =
			parts & 1u << FUNDER_THIRD_PARTY && top_up_is_unsigned(placement, run),
	};
}

/* To a co-payer it does where only others' parts, or what made them, changed. */
static bool period_goes_on(const struct account_question *q, const struct account_period *last,
			   const struct account_period *next)
{
	bool is_by_same =
		last->entry == next->entry && last->funding_entry == next->funding_entry &&
		last->absence_entry == next->absence_entry && last->past_end == next->past_end &&
		last->quality.entry == next->quality.entry;

	return last->to_day + 1 == next->from_day && (is_by_same || !uuid_is_zero(q->payer)) &&
	       uuid_eq(last->provider, next->provider) &&
	       last->top_up_unsigned == next->top_up_unsigned &&
	       amounts_are_same(&last->weekly, &next->weekly);
}

static void add_periods(struct arena *arena, const struct placement *placement,
			const struct account_question *q, const struct runs *runs,
			struct account *out)
{
	struct account_period *list = NULL, period;

	for (size_t i = 0; i < runs->count; i++) {
		const struct run *run = &runs->items[i];

		if (!is_asked(q, run) || run->to_day < q->from_day || run->from_day > q->to_day)
			continue;
		period = period_of(placement, q, run);
		out->nights += period.nights;
		amounts_add(&out->due, &period.due, 1);
		if (out->periods.count &&
		    period_goes_on(q, &list[out->periods.count - 1], &period)) {
			list[out->periods.count - 1].to_day = period.to_day;
			list[out->periods.count - 1].nights += period.nights;
			amounts_add(&list[out->periods.count - 1].due, &period.due, 1);
			continue;
		}
		*LIST_ADD(arena, list, out->periods.count) = period;
	}
	out->periods.items = list;
}

/* ---- public ---- */

void account_work(struct arena *arena, const struct placement *placement,
		  const struct account_question *question, struct account *out)
{
	struct steps steps = steps_of(arena, placement, question->known_at_us, question->to_day);

	*out = (struct account){.asked = *question};
	if (!steps.count || question->to_day < question->from_day)
		return;
	add_charged(question, &steps, out);
	add_adjustments(arena, question, &steps, out);
	add_periods(arena, steps.known, question, &steps.items[steps.count - 1].runs, out);
}

struct account_adjustment account_of_last(struct arena *arena, const struct placement *placement)
{
	const struct fact *last = placement->facts[placement->fact_count - 1];
	struct account_question question = {
		.known_at_us = last->recorded_at_us,
		.from_day = placement->started_day,
		.to_day = london_day(last->recorded_at_us) - 1,
	};
	struct account account = {0};
	const struct account_adjustment *items;

	if (placement->started_day != NO_DAY)
		account_work(arena, placement, &question, &account);
	items = account.adjustments.items;
	for (size_t i = account.adjustments.count; i-- > 0;)
		if (items[i].entry == last->seq)
			return items[i];
	return (struct account_adjustment){.from_day = NO_DAY, .to_day = NO_DAY};
}

struct runs runs_now(struct arena *arena, const struct placement *placement)
{
	struct known *known = known_now(arena, placement);

	if (known->first_night == NO_DAY && known->version_count) /* what will be paid */
		known->first_night = known->versions[0].from_day;
	return known_runs(arena, known, INT32_MAX, EVER);
}

static const struct account_question ever = {
	.known_at_us = INT64_MAX, .from_day = NO_DAY, .to_day = EVER};

bool account_on(struct arena *arena, const struct placement *placement, int32_t day,
		struct account_period *out)
{
	struct runs runs = runs_now(arena, placement);
	const struct run *run = run_on(&ever, &runs, day);

	if (run)
		*out = period_of(placement, &ever, run);
	return run != NULL;
}

bool account_after(struct arena *arena, const struct placement *placement, int32_t day,
		   struct account_period *out)
{
	struct runs runs = runs_now(arena, placement);
	const struct run *now = run_on(&ever, &runs, day);

	for (size_t i = 0; i < runs.count; i++) {
		if (runs.items[i].from_day <= day || pays_the_same(&ever, now, &runs.items[i]))
			continue;
		*out = period_of(placement, &ever, &runs.items[i]);
		return true;
	}
	return false;
}

struct list amounts_list(struct arena *arena, const struct amounts *amounts)
{
	struct payer_amount *list = NULL;
	struct list out = {0};

	for (int funder = 0; funder < FUNDER_COUNT; funder++)
		if (amounts->payers & 1u << funder)
			*LIST_ADD(arena, list, out.count) =
				(struct payer_amount){funder, amounts->by_p[funder]};
	out.items = list;
	return out;
}
