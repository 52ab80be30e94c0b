/*
 * abstract.h - what two placements have in common when everything that can still happen to one can
 * happen to the other: the key of a state.
 *
 * Stage, strands, turn, offers on the table by class, mediation, extensions, signatures, and what
 * is owed: by whom, paused, missed, and in which order it falls due. Not instants, not texts, not
 * amounts beyond within the guide, above it, above the limit. Of the life of an agreement: its
 * rounds and versions, reviews, complaints, notice, nights away. Also here: how far a walk goes.
 */
#ifndef CONCORDAT_TESTS_ABSTRACT_H
#define CONCORDAT_TESTS_ABSTRACT_H

#include "laws_life.h"

#include "concordat/core/situation.h"

/* What a history may take beside the straight way from opening to review. */
enum detour {
	DETOUR_QUESTION,
	DETOUR_MORE_TIME,
	DETOUR_MEDIATION,
	DETOUR_REOPENED,
	DETOUR_IDENTITY,
	DETOUR_ANOTHER, /* provider, once one is out */
	DETOUR_SEVERAL, /* at once, sealed */
	DETOUR_PANEL,	/* asked again, or calculated again */
	DETOUR_STARTED, /* care, before it is agreed */
	DETOUR_BEHALF,
	DETOUR_UNSERVED,
	DETOUR_REPRESENTED,
	/* of the life of an agreement: */
	DETOUR_REVIEW, /* held */
	DETOUR_REVIEW_ASKED,
	DETOUR_PROPOSAL, /* of other terms, which opens a later round */
	DETOUR_ROUND,	 /* any other: challenged, calculated again, of a fee that falls */
	DETOUR_UPLIFT,
	DETOUR_FUNDING,
	DETOUR_ABSENCE,
	DETOUR_NOTICE,
	DETOUR_NOVATION,
	DETOUR_COMPLAINT,
	DETOUR_CORRECTED, /* or entered in error */
	DETOUR_REDACTED,
	DETOUR_INTERIM,
	DETOUR_EXISTING,
	DETOUR_AFTER_END, /* its account stays open */
	DETOUR_COUNT
};
#define OF_LIFE ((BIT(DETOUR_COUNT) - 1) & ~(BIT(DETOUR_REVIEW) - 1))

/* How far to walk: how many detours of these kinds together in one history, and what else. */
struct bounds {
	const char *name;
	unsigned openings; /* bits of enum urgency, and of URGENCY_COUNT: a short stay */
	int detours;
	uint64_t kinds; /* bits of enum detour */
	size_t offers;	/* in a strand */
	size_t strands; /* invited at once or one after the other */
	int64_t threshold_p;
	void (*begin)(void); /* what is played before the walk, which asks for the moves of life
				too; NULL: nothing, and it does not */
};

struct key {
	uint8_t bytes[1024];
	size_t len;
};

static void put(struct key *key, int64_t value)
{
	assert_true(key->len < sizeof(key->bytes));
	key->bytes[key->len++] = (uint8_t)value;
}

static int class_of(int64_t weekly_p)
{
	return weekly_p <= 169000 ? 0 : weekly_p <= CANARY_LIMIT_P ? 1 : 2;
}

/* ---- the detours of a history ---- */

static void count_kinds(int64_t times[FACT_COUNT], int64_t counts[DETOUR_COUNT])
{
	for (size_t i = 0; i < played->fact_count; i++) {
		const struct fact *fact = played->facts[i];
		const struct apply_uplift *uplift = fact->data;

		times[fact->kind]++;
		counts[DETOUR_BEHALF] += fact->on_behalf_of != NO_ENUM;
		counts[DETOUR_PANEL] += fact->kind == FACT_CALCULATED && !fact->closes.count;
		counts[DETOUR_UPLIFT] +=
			fact->kind == FACT_UPLIFT_APPLIED && uplift->version != NO_INT;
	}
	counts[DETOUR_PANEL] -= counts[DETOUR_PANEL] > 0;
	counts[DETOUR_PANEL] += times[FACT_PANEL_REFERRED] - (times[FACT_PANEL_REFERRED] > 0);
}

static void count_strands(int64_t counts[DETOUR_COUNT])
{
	int64_t alone = 0;

	for (size_t i = 0; i < played->thread_count; i++) {
		const struct thread *t = &played->threads[i];
		bool invited = played->facts[t->invited_entry - 1]->kind == FACT_INVITED;

		alone += invited && t->closes_day == NO_DAY;
		counts[DETOUR_IDENTITY] += invited && t->identity_shared;
		if (invited && t->closes_day != NO_DAY)
			counts[DETOUR_SEVERAL] = 1;
	}
	counts[DETOUR_ANOTHER] = alone > 1 ? alone - 1 : 0;
}

/* But for one that a review's decision opens: it is the review's. */
static void count_rounds(int64_t counts[DETOUR_COUNT])
{
	for (size_t i = 1; i < played->round_count; i++) {
		enum fact_kind kind = played->facts[played->rounds[i].opened_entry - 1]->kind;

		if (fact_puts_offer(kind))
			counts[DETOUR_PROPOSAL]++;
		else if (kind != FACT_REVIEW_HELD)
			counts[DETOUR_ROUND]++;
	}
}

static int64_t begun[DETOUR_COUNT]; /* in what was played before the walk */

static void count_detours(int64_t counts[DETOUR_COUNT])
{
	int64_t times[FACT_COUNT] = {0};

	memset(counts, 0, DETOUR_COUNT * sizeof(*counts));
	count_kinds(times, counts);
	count_strands(counts);
	counts[DETOUR_QUESTION] = times[FACT_ASKED];
	counts[DETOUR_MORE_TIME] = times[FACT_TIMESCALE_CHANGE_ASKED];
	counts[DETOUR_MEDIATION] = times[FACT_MEDIATION_PROPOSED];
	counts[DETOUR_REOPENED] = times[FACT_INVITATION_REOPENED];
	counts[DETOUR_STARTED] = played->started_day != NO_DAY && !played->agreement_count;
	counts[DETOUR_UNSERVED] = times[FACT_NOT_SERVED];
	counts[DETOUR_REPRESENTED] = times[FACT_REPRESENTATIVE_INVITED];
	counts[DETOUR_REVIEW] = times[FACT_REVIEW_HELD];
	counts[DETOUR_REVIEW_ASKED] = times[FACT_REVIEW_REQUESTED];
	count_rounds(counts);
	counts[DETOUR_FUNDING] = times[FACT_FUNDING_CHANGED];
	counts[DETOUR_ABSENCE] = times[FACT_ABSENCE_RECORDED];
	counts[DETOUR_NOTICE] = times[FACT_NOTICE_GIVEN];
	counts[DETOUR_NOVATION] = times[FACT_NOVATION_PROPOSED];
	counts[DETOUR_COMPLAINT] = times[FACT_COMPLAINT_RAISED];
	counts[DETOUR_CORRECTED] = times[FACT_CORRECTED] + times[FACT_ENTERED_IN_ERROR];
	counts[DETOUR_REDACTED] = times[FACT_REDACTED];
	counts[DETOUR_INTERIM] = times[FACT_INTERIM_TERMS_ENTERED];
	counts[DETOUR_EXISTING] = times[FACT_EXISTING_AGREEMENT_RECORDED];
	for (int32_t seq = played->ended_entry; seq && seq < played->seq; seq++)
		if (played->facts[seq]->side != SIDE_TIME)
			counts[DETOUR_AFTER_END] = 1;
	for (int kind = 0; kind < DETOUR_COUNT; kind++)
		counts[kind] -= begun[kind];
}

/* -1: one of a kind that is not walked. */
static int detours_taken(uint64_t kinds)
{
	int64_t counts[DETOUR_COUNT];
	int count = 0;

	count_detours(counts);
	for (int kind = 0; kind < DETOUR_COUNT; kind++) {
		if (counts[kind] && !(kinds & BIT(kind)))
			return -1;
		count += (int)counts[kind];
	}
	return count;
}

/* Whether the person's part was recorded where it matters, and no earlier: else every state is
 * there sixteen times. */
static bool is_timely(const struct involvement *involvement)
{
	const struct fact *fact = played->facts[involvement->entry - 1];
	int64_t before = 0;

	for (int32_t i = 0; i < fact->seq - 1; i++) {
		enum fact_kind kind = played->facts[i]->kind;

		switch (involvement->purpose) {
		case INVOLVED_IN_CALCULATION:
			before += kind == FACT_NEEDS_DESCRIBED;
			break;
		case INVOLVED_IN_CHOICE:
			before += kind == FACT_OFFERS_OPENED;
			break;
		case INVOLVED_IN_SIGNATURE:
			before += kind == FACT_ACCEPTED || kind == FACT_SETTLEMENT_ACCEPTED;
			break;
		case INVOLVED_IN_REVIEW:
			before += (kind == FACT_START_CONFIRMED && played->agreement_count) ||
				  kind == FACT_EXISTING_AGREEMENT_CONFIRMED;
			break;
		case INVOLVEMENT_PURPOSE_COUNT:
			break;
		}
	}
	return before > 0;
}

static const struct bounds *bounds;

/* After that yearly reviews would be counted past the calendar. */
static int64_t last_us(void)
{
	return london_instant(day_of(2027, 12, 31), 0, 0);
}

static bool within(int64_t now_us)
{
	const struct open_placement *open = played->opening;
	int highest_house = 1; /* the authority's: providers are invited in their order */
	int detours = detours_taken(bounds->kinds);

	if (open && !(bounds->openings &
		      BIT(open->planned_end_day != NO_DAY ? URGENCY_COUNT : open->urgency)))
		return false;
	if (now_us > last_us())
		return false;
	if (detours < 0 || detours > bounds->detours || played->thread_count > bounds->strands ||
	    played->needs_count > 1 || played->extension_count > 1)
		return false;
	for (size_t i = 0; i < played->thread_count; i++) {
		const struct thread *t = &played->threads[i];

		if (t->offer_count > bounds->offers || t->question_count > 1 ||
		    t->provider.bytes[15] > highest_house + 1)
			return false;
		if (t->provider.bytes[15] > highest_house)
			highest_house = t->provider.bytes[15];
	}
	for (size_t i = 0; i < played->involvement_count; i++)
		if (!is_timely(&played->involvements[i]))
			return false;
	return true;
}

/* ---- the key ---- */

static void put_strand(struct key *key, const struct thread *t)
{
	const struct offer *open = thread_open_offer(t);
	size_t unanswered = 0;

	put(key, t->state);
	put(key, t->provider.bytes[15]);
	if (!strand_is_live(t))
		return;
	put(key, t->acknowledged | t->sealed << 1 | t->chosen << 2 | t->identity_shared << 3 |
			 (t->closes_day != NO_DAY) << 4);
	put(key, t->turn);
	put(key, (int64_t)t->offer_count);
	for (size_t i = 0; i < t->offer_count; i++)
		if (t->offers[i].state == OFFER_OPEN || t->offers[i].state == OFFER_ACCEPTED ||
		    i + 1 == t->offer_count) {
			put(key, t->offers[i].state);
			put(key, t->offers[i].side);
			put(key, class_of(t->offers[i].data->terms.weekly_p));
		}
	put(key, open ? (int64_t)(open - t->offers) : -1);
	for (size_t i = 0; i < t->question_count; i++) {
		unanswered += !t->questions[i].answered;
		if (!t->questions[i].answered)
			put(key, t->questions[i].asker + 16 * t->questions[i].expired);
	}
	put(key, (int64_t)unanswered);
	put(key, t->mediation.state);
	if (t->mediation.state == MEDIATION_NONE || t->mediation.state == MEDIATION_OVER)
		return;
	put(key, t->mediation.proposed_by);
	put(key, !uuid_is_zero(t->mediation.nominee));
	put(key, t->mediation.nominated_by);
	put(key, t->mediation.settlement > 0);
	put(key, t->mediation.accepted_by_commissioner | t->mediation.accepted_by_provider << 1);
}

/* The how-manieth it is to fall due. */
static int64_t rank_of(const struct obligation *o)
{
	int64_t rank = 0;

	if (o->due_at_us == NEVER_US || o->missed_at_us != NEVER_US)
		return 99;
	for (size_t i = 0; i < played->obligation_count; i++) {
		const struct obligation *other = &played->obligations[i];

		rank += obligation_is_open(other) && other->missed_at_us == NEVER_US &&
			other->due_at_us < o->due_at_us;
	}
	return rank;
}

#define OWED_BYTES 5 /* each */

static int by_bytes(const void *a, const void *b)
{
	return memcmp(a, b, OWED_BYTES);
}

/* The person's request is declined as nobody else's is, and nobody asks twice. */
static int64_t who_asked(const struct obligation *o)
{
	return o->duty == DUTY_REQUESTED_REVIEW ? fact_speaker(played->facts[o->entry - 1]) : 0;
}

static void put_obligations(struct key *key)
{
	size_t from = key->len;

	for (size_t i = 0; i < played->obligation_count; i++) {
		const struct obligation *o = &played->obligations[i];

		if (!obligation_is_open(o))
			continue;
		put(key, o->duty);
		put(key, (int64_t)o->owed_by | who_asked(o) << 4);
		put(key, o->thread);
		put(key, obligation_is_paused(o) | (o->missed_at_us != NEVER_US) << 1 |
				 (o->anchor_us > o->opened_at_us) << 2 |
				 obligation_waits_for_service(o) << 3 | (o->served_entry > 0) << 4);
		put(key, rank_of(o));
	}
	qsort(key->bytes + from, (key->len - from) / OWED_BYTES, OWED_BYTES, by_bytes);
}

static void put_extensions(struct key *key)
{
	for (size_t i = 0; i < played->extension_count; i++) {
		const struct extension *e = &played->extensions[i];
		const struct obligation *o =
			placement_obligation(played, e->obligation_entry, e->n);
		bool runs = o && obligation_is_open(o) && o->missed_at_us == NEVER_US;

		put(key, runs ? 1 + (int64_t)e->state : 0);
		if (!runs)
			continue;
		put(key, o->duty);
		put(key, e->asked_by);
		put(key, e->removal_by_commissioner | e->removal_by_provider << 1);
	}
}

/* ---- the life of an agreement ---- */

static void put_reviews(struct key *key, int32_t today)
{
	int64_t lately = 0, near = 0;

	for (size_t i = 0; i < played->review_count; i++)
		if (played->reviews[i].data->held_day + 28 >= today)
			lately |= INT64_C(1) << played->reviews[i].data->kind;
	for (size_t i = 0; i < played->obligation_count; i++) {
		const struct obligation *o = &played->obligations[i];

		near |= obligation_is_open(o) && BIT(o->duty) & REVIEW_DUTIES &&
			o->due_day - today <= 28;
	}
	put(key, lately);
	put(key, near);
}

static void put_complaints(struct key *key)
{
	for (size_t i = 0; i < played->complaint_count; i++) {
		const struct complaint *c = &played->complaints[i];

		put(key, c->state);
		put(key, c->raised_by);
		put(key, c->provider.bytes[15]);
		put(key, c->answered_by.bytes[15]);
	}
}

static void put_money(struct key *key, int32_t today)
{
	bool third_party = false;

	for (size_t i = 0; i < played->funding_change_count; i++) {
		const struct list *parts = &played->funding_changes[i].data->funding;

		third_party |=
			((const struct funding_part *)parts->items)->funder == FUNDER_THIRD_PARTY;
	}
	put(key, third_party | (played->top_up_count > 0) << 1);
	for (size_t i = 0; i < played->absence_count; i++) {
		const struct absence *a = &played->absences[i];

		put(key, a->in_error << 3 | (a->to_day == NO_DAY) | (a->from_day <= today) << 1 |
				 (a->to_day == NO_DAY || a->to_day >= today) << 2);
	}
	for (size_t i = 0; i < played->interim_count; i++) {
		put(key, played->interims[i].side);
		put(key, played->interims[i].agreed_entry > 0);
		put(key, played->interims[i].basis);
	}
}

/* What falls due on a day that is no action's. */
static bool has_come(int32_t day, int32_t today)
{
	return day != NO_DAY && day <= today;
}

static void put_life(struct key *key, int32_t today)
{
	const struct agreement *newest = placement_agreement(played);
	const struct round *round = placement_open_round(played);
	const struct novation *novation = &played->novation;
	const struct end_notice *notice = &played->notice;
	int64_t counts[DETOUR_COUNT];

	count_detours(counts);
	for (int kind = 0; kind < DETOUR_COUNT; kind++)
		put(key, counts[kind]);
	put(key, round ? 1 + (int64_t)round->kind * STAGE_COUNT + round->stage : 0);
	put(key, (int64_t)played->agreement_count);
	put(key, newest ? (int64_t)newest->basis * 2 + (newest->to_day != NO_DAY) : -1);
	put(key, newest ? newest->from_day > today : -1);
	put(key, notice->entry ? 1 + (int64_t)notice->side : 0);
	put(key, notice->entry && has_come(notice->end_day, today));
	put(key, novation->entry ? 1 + (int64_t)novation->proposed_by : 0);
	put(key, (novation->new_thread > 0) |
			 (novation->entry && has_come(novation->data->from_day, today)) << 1);
	put(key, has_come(played->opening->planned_end_day, today));
	put(key, played->existing ? 1 + played->existing->review_kind : 0);
	put_reviews(key, today);
	put_complaints(key);
	put_money(key, today);
}

/* What a history may still do depends on its detours too, as they are bounded. */
static struct key key_of(int64_t now_us)
{
	const struct round *round = placement_open_round(played);
	const struct calculation *guide = placement_calculation(played);
	struct key key = {.len = 0};
	int64_t involved = 0;

	put(&key, played->stage);
	put(&key, played->end_reason);
	if (!played->seq || (played->stage == STAGE_ENDED && !bounds->begin))
		return key;
	if (bounds->begin)
		put_life(&key, london_day(now_us));
	put(&key, played->opening->urgency * 2 + (played->opening->planned_end_day != NO_DAY));
	put(&key, detours_taken(BIT(DETOUR_COUNT) - 1));
	put(&key, played->needs_count);
	put(&key, guide ? 1 + (guide->data->weekly_high_p == NO_INT) : 0);
	put(&key, round ? 1 + round->panel_pending + 2 * round->panel_approved : 0);
	for (int purpose = 0; purpose < INVOLVEMENT_PURPOSE_COUNT; purpose++)
		involved |= (int64_t)is_involved(played, (enum involvement_purpose)purpose)
			    << purpose;
	put(&key, involved);
	put(&key, care_has_started(played) | played->signed_by_commissioner << 1 |
			  played->signed_by_provider << 2 | (played->agreement_count > 0) << 3);
	put(&key, (int64_t)played->review_count);
	put(&key, last_anchoring_review(played) != NO_DAY);
	for (size_t i = 0; i < played->thread_count; i++)
		put_strand(&key, &played->threads[i]);
	put(&key, (int64_t)played->party_count);
	put(&key, placement_representative(played) != NULL);
	put_extensions(&key);
	put_obligations(&key);
	return key;
}

#endif
