/*
 * laws.c - what holds in every history, shown over many that nobody thought of.
 *
 * Actors make mostly sensible moves at random times, with time acting now and then. The seed is
 * fixed, so a failure comes back; LAWS_SEED and LAWS_HISTORIES in the environment try others.
 */
#include "../unit/core/world.h"

#include <stdlib.h>

#include "concordat/wire/fact.h"

#define HISTORIES 14000
#define MOVES_EACH 36
#define CANARY_P 170117 /* the panel's limit, which no provider may see */

static uint64_t random_state;
static long history, made, refusals, ended_histories, agreed_histories, misses, lapses;

static uint32_t random_below(uint32_t n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t)((random_state >> 11) % n);
}

static bool one_in(uint32_t n)
{
	return random_below(n) == 0;
}

#define LAW(holds, words)                                                                   \
	do {                                                                                \
		if (!(holds))                                                               \
			fail_msg("history %ld, entry %d: %s", history, played->seq, words); \
	} while (0)

/* ---- requests: sound ones mostly ---- */

static union any {
	struct open_placement open_placement;
	struct describe_needs describe_needs;
	struct record_involvement record_involvement;
	struct calculate calculate;
	struct refer_to_panel refer_to_panel;
	struct panel_decide panel_decide;
	struct invite invite;
	struct acknowledge acknowledge;
	struct decline decline;
	struct ask ask;
	struct answer answer;
	struct make_offer make_offer;
	struct withdraw_offer withdraw_offer;
	struct accept accept;
	struct reject reject;
	struct sign sign;
	struct confirm_start confirm_start;
	struct hold_review hold_review;
	struct withdraw withdraw;
	struct not_done not_done;
} any;

static enum involvement_purpose purpose_now(void)
{
	if (one_in(4))
		return (enum involvement_purpose)random_below(INVOLVEMENT_PURPOSE_COUNT);
	if (played->stage == STAGE_IN_FORCE)
		return INVOLVED_IN_REVIEW;
	return played->stage == STAGE_SIGNING ? INVOLVED_IN_SIGNATURE : INVOLVED_IN_CALCULATION;
}

static void fill_panel(struct panel_decide *data)
{
	*data = approval(one_in(3) ? 190000 : CANARY_P);
	if (one_in(12))
		*data = (struct panel_decide){one_in(3) ? PANEL_REFUSED : PANEL_RETURNED, NO_INT,
					      SAID("Canary reasons")};
}

static void fill_offer(struct make_offer *data, int32_t today)
{
	*data = offer_of(150000 + random_below(22000));
	data->terms.start_day = today + (int32_t)random_below(60) - 10;
	if (one_in(2))
		data->above_guide_reason = SAID("Canary reason");
	if (one_in(4))
		data->valid_until_day = today + (int32_t)random_below(40);
}

static void fill_review(struct hold_review *data, int32_t today)
{
	*data = review((enum review_kind)random_below(REVIEW_KIND_COUNT), "2026-01-01");
	data->held_day = today - (int32_t)random_below(10);
	data->needs = (int32_t)random_below(NEEDS_CHANGE_COUNT);
	if (one_in(2))
		data->reassessed_day = data->held_day;
}

/* What is newest in the open strand, so that digests are named rightly more often than not. */
static struct digest digest_named(void)
{
	struct digest digest = played->thread_count ? newest_digest() : (struct digest){{0}};

	digest.bytes[0] ^= one_in(20);
	return digest;
}

static int64_t question_named(void)
{
	size_t count = played->thread_count ? strand()->question_count : 0;

	return (int64_t)random_below((uint32_t)count + 2) + (count > 0);
}

static const void *fill(enum move move, int64_t now_us)
{
	int32_t today = london_day(now_us);

	schema_clear(move_schema(move), &any);
	switch (move) {
	case MOVE_OPEN_PLACEMENT:
		any.open_placement = opening((enum urgency)random_below(URGENCY_COUNT));
		any.open_placement.wanted_start_day = today + (int32_t)random_below(80);
		if (one_in(4))
			any.open_placement.planned_end_day = today + (int32_t)random_below(400);
		break;
	case MOVE_DESCRIBE_NEEDS:
		any.describe_needs = needs();
		break;
	case MOVE_RECORD_INVOLVEMENT:
		any.record_involvement = involvement(purpose_now());
		any.record_involvement.took_part = (int32_t)random_below(2);
		break;
	case MOVE_CALCULATE:
		any.calculate = calculation(one_in(9) ? "hourly" : "home");
		break;
	case MOVE_PANEL_DECIDE:
		fill_panel(&any.panel_decide);
		break;
	case MOVE_INVITE:
		any.invite = invitation_of(one_in(3) ? rival_provider : provider);
		break;
	case MOVE_DECLINE:
		any.decline.reason = DECLINE_OTHER;
		break;
	case MOVE_ASK:
		any.ask.question = SAID("How many at night?");
		break;
	case MOVE_ANSWER:
		any.answer = (struct answer){question_named(), SAID("Two")};
		break;
	case MOVE_MAKE_OFFER:
		fill_offer(&any.make_offer, today);
		break;
	case MOVE_ACCEPT:
		any.accept.terms_digest = digest_named();
		if (one_in(2))
			any.accept.above_guide_reason = SAID("Canary reason");
		break;
	case MOVE_REJECT:
		any.reject.reason = REJECT_PRICE;
		break;
	case MOVE_SIGN:
		any.sign.terms_digest = digest_named();
		break;
	case MOVE_CONFIRM_START:
		any.confirm_start.started_day = today - (int32_t)random_below(6);
		break;
	case MOVE_HOLD_REVIEW:
		fill_review(&any.hold_review, today);
		break;
	case MOVE_WITHDRAW:
		any.withdraw.reason = WITHDRAW_OTHER;
		break;
	case MOVE_REFER_TO_PANEL:
	case MOVE_ACKNOWLEDGE:
	case MOVE_WITHDRAW_OFFER:
	case MOVE_MISS:
	case MOVE_LAPSE:
	case MOVE_COUNT:
		break;
	}
	fill_digests(move, &any);
	return &any;
}

/* ---- laws ---- */

static bool is_about_the_request(const char *rule)
{
	static const char *const rules[] = {
		"opening_sound",	 "needs_sound",	       "involvement_explained",
		"cost_model_known",	 "panel_reasons",      "question_open",
		"terms_sound",		 "outcome_known",      "valid_until",
		"within_approved_limit", "above_guide_reason", "names_digest",
		"start_in_past",	 "review_open",	       "review_sound",
		"calendar_runs_out",
	};

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (strcmp(rules[i], rule) == 0)
			return true;
	return false;
}

static struct text pictured(const struct placement *p)
{
	struct writer w;

	writer_init(&w, arena);
	writer_printf(&w, "%d %d %d;", (int)p->stage, p->end_reason, p->seq);
	for (size_t i = 0; i < p->obligation_count; i++) {
		const struct obligation *o = &p->obligations[i];

		writer_printf(&w, "%d/%d %d %d %lld %lld %lld %zu %d;", o->entry, o->n,
			      (int)o->duty, (int)o->state, (long long)o->due_at_us,
			      (long long)o->missed_at_us, (long long)o->closed_at_us,
			      o->pause_count, o->due_day);
	}
	for (size_t i = 0; i < p->party_count; i++)
		writer_printf(&w, "%d %d;", p->parties[i].version, p->parties[i].entries);
	for (size_t i = 0; i < p->thread_count; i++) {
		const struct thread *t = &p->threads[i];

		writer_printf(&w, "%d %d %zu", (int)t->state, (int)t->turn, t->question_count);
		for (size_t n = 0; n < t->offer_count; n++)
			writer_printf(&w, " %d", (int)t->offers[n].state);
	}
	return writer_text(&w);
}

static const struct thread *strand_of(const struct obligation *o)
{
	return placement_thread(played, o->thread);
}

static void each_obligation_is_sound(void)
{
	for (size_t i = 0; i < played->obligation_count; i++) {
		const struct obligation *o = &played->obligations[i];
		bool is_open = obligation_is_open(o);

		LAW(is_open == (o->closed_at_us == NEVER_US), "an end without its time");
		LAW(!is_open || played->stage != STAGE_ENDED, "something is owed after the end");
		LAW(!is_open || !strand_of(o) || strand_of(o)->state == THREAD_OPEN ||
			    strand_of(o)->state == THREAD_AGREED,
		    "something is owed in a strand that is over");
		LAW(o->n >= 1, "obligations are numbered from 1");
		for (size_t n = 0; n + 1 < o->pause_count; n++)
			LAW(o->pauses[n].to_us != NEVER_US, "two pauses are open");
	}
}

static void offers_are_sound(void)
{
	size_t accepted = 0, on_table = 0;

	for (size_t i = 0; i < played->thread_count; i++)
		for (size_t n = 0; n < played->threads[i].offer_count; n++) {
			accepted += played->threads[i].offers[n].state == OFFER_ACCEPTED;
			on_table += played->threads[i].offers[n].state == OFFER_OPEN &&
				    played->threads[i].state == THREAD_OPEN;
			LAW(played->threads[i].offers[n].number == (int64_t)n + 1,
			    "offers are numbered from 1");
		}
	LAW(accepted <= 1, "two offers are accepted");
	LAW(on_table <= 1, "two offers are on the table");
	LAW(on_table == 0 || accepted == 0, "an offer is on the table beside an accepted one");
	LAW((played->stage == STAGE_IN_FORCE) == (played->agreement_count > 0),
	    "in force is an agreement");
}

/* Each obligation is closed once and missed once at most, over the whole ledger; no gap in seq. */
static void the_ledger_is_sound(void)
{
	for (size_t i = 0; i < played->obligation_count; i++) {
		const struct obligation *o = &played->obligations[i];
		int ends = 0, missed = 0;

		for (size_t f = 0; f < played->fact_count; f++) {
			const struct fact *fact = played->facts[f];
			const struct closed *closes = fact->closes.items;
			const struct not_done *data = fact->data;

			for (size_t c = 0; c < fact->closes.count; c++)
				ends += closes[c].entry == o->entry && closes[c].n == o->n;
			missed += fact->kind == FACT_MISSED && data->entry == o->entry &&
				  data->n == o->n;
		}
		LAW(ends <= 1 && (ends == 0) == obligation_is_open(o), "an obligation ends once");
		LAW(missed <= 1, "a miss is told once");
	}
	for (size_t f = 0; f < played->fact_count; f++)
		LAW(played->facts[f]->seq == (int32_t)f + 1, "seq has a gap");
}

/* Stored bodies, read back, write the same bytes and fold into the same placement. */
/* The table says where a move leads, and nothing else moves the stage. */
static bool leads(enum fact_kind kind, enum stage from, enum stage to)
{
	const struct move_row *row = protocol_move((enum move)kind);

	for (size_t i = 0; i < row->lead_count; i++)
		if (row->leads[i].to == to &&
		    (kind == FACT_PLACEMENT_OPENED || (row->leads[i].from & BIT(from))))
			return true;
	return from == to;
}

static void the_ledger_replays(void)
{
	struct placement *again = placement_new(arena, authority, placement_id);
	struct text picture = pictured(played);

	for (size_t f = 0; f < played->fact_count; f++) {
		const struct fact *fact = played->facts[f];
		struct text body = fact_body(arena, fact), why = TEXT_NONE;
		struct fact *read = fact_decode(arena, fact->seq, fact->recorded_at_us,
						&fact->header_hash, body, &why);
		enum stage before = again->stage;

		LAW(read, text_cstr(arena, why));
		LAW(text_eq(fact_body(arena, read), body), "a body changes when it is read back");
		LAW(placement_apply(again, read), "a stored fact does not fold");
		LAW(leads(fact->kind, before, again->stage), "a stage moved where no row leads");
	}
	LAW(text_eq(pictured(again), picture), "a replay differs");
}

static void no_provider_sees_the_limit(void)
{
	for (size_t i = 0; i < played->party_count; i++) {
		struct writer w;

		if (played->parties[i].side != SIDE_PROVIDER)
			continue;
		writer_init(&w, arena);
		for (size_t f = 0; f < played->fact_count; f++)
			if (fact_visible(played->facts[f], played, &played->parties[i]))
				fact_render(&w, played->facts[f], AUDIENCE_PROVIDER);
		LAW(!w.len || !memmem(w.at, w.len, "Canary", 6), "a provider sees private words");
		LAW(!w.len || !memmem(w.at, w.len, "170117", 6), "a provider sees the limit");
	}
}

/* A party's version moves by what it sees and counts, and by nothing else. */
static void versions_follow_what_is_seen(const struct placement *before, const struct list *facts)
{
	struct fact *const *items = facts->items;

	for (size_t i = 0; i < before->party_count; i++) {
		const struct party *was = &before->parties[i];
		const struct party *is = placement_party(played, was->organisation);
		int32_t counted = was->version;

		if (is->thread != was->thread) { /* invited again: it sees more at once */
			LAW(is->version > was->version, "a version falls");
			continue;
		}
		for (size_t f = 0; f < facts->count; f++)
			counted +=
				fact_visible(items[f], played, is) && fact_counts(items[f]->kind);
		LAW(is->version == counted, "a version moves by what is not seen");
	}
}

static void decided_the_same_twice(const struct placement *before, const struct actor *who,
				   const struct request *request, int64_t now_us)
{
	struct decision again = core_decide(arena, &world, before, who, request, now_us);
	struct fact *const *ours = last.facts.items, *const *theirs = again.facts.items;

	LAW(again.refused == last.refused && again.facts.count == last.facts.count,
	    "deciding twice differs");
	for (size_t i = 0; i < again.facts.count; i++)
		LAW(text_eq(fact_body(arena, ours[i]), fact_body(arena, theirs[i])),
		    "deciding twice gives other facts");
}

/* ---- a history ---- */

static const struct actor *const actors[] = {
	&officer, &panel, &signatory, &negotiator, &rival, &provider_signatory, &busy_officer};
#define ACTORS (sizeof(actors) / sizeof(actors[0]))

static int64_t time_passes(int64_t now_us)
{
	if (one_in(16))
		return now_us + (int64_t)random_below(40) * US_PER_DAY;
	if (one_in(4))
		return now_us + (int64_t)random_below(4) * US_PER_DAY;
	return now_us + 1 + (int64_t)random_below(10) * US_PER_HOUR;
}

/* How often a move is chosen beside the others: those that lead onward, so that most histories get
 * somewhere. */
static uint32_t weight_of(enum move move)
{
	if (move == MOVE_WITHDRAW)
		return one_in(40);
	if (move == MOVE_INVITE || move == MOVE_ACCEPT)
		return 6;
	if (move == MOVE_REJECT || move == MOVE_WITHDRAW_OFFER || move == MOVE_DECLINE)
		return one_in(4);
	return protocol_move(move)->lead_count ? 4 : 1;
}

/* Mostly a move that is allowed: some actor, then one of the moves it may make. */
static const struct actor *choose(int64_t now_us, enum move *move)
{
	const struct actor *who = actors[random_below(ACTORS)];
	enum move can[MOVE_COUNT * 6];
	uint32_t count = 0;

	*move = played->seq ? (enum move)random_below(MOVE_COUNT) : MOVE_OPEN_PLACEMENT;
	if (!played->seq || one_in(12))
		return played->seq ? who : &officer;
	for (int tries = 0; tries < 6 && !count; tries++) {
		who = actors[random_below(ACTORS)];
		for (int m = 0; m < MOVE_COUNT; m++) {
			if (!core_allows(arena, &world, played, who, (enum move)m, now_us))
				continue;
			for (uint32_t n = weight_of((enum move)m); n > 0; n--)
				can[count++] = (enum move)m;
		}
	}
	if (count)
		*move = can[random_below(count)];
	return who;
}

static void one_move(int64_t now_us)
{
	const struct placement *before;
	struct request request = {.thread = NO_INT, .occurred_at_us = NEVER_US};
	const struct actor *who;
	bool allowed, was_ended;

	if (one_in(3))
		settle(now_us);
	now_us = after_the_last(now_us);
	who = choose(now_us, &request.move);
	request.data = fill(request.move, now_us);
	before = played;
	was_ended = before->stage == STAGE_ENDED;
	last = core_decide(arena, &world, before, who, &request, now_us);
	played = last.after;
	LAW(last.facts.count == last.settled + !last.refused, "a move is one fact");
	LAW(!was_ended || last.refused, "something happens after the end");
	LAW(last.facts.count || played == before, "nothing happened and something changed");
	if (last.refused) {
		/* settled, so that what is allowed is known */
		allowed = core_allows(arena, &world, played, who, request.move, now_us);
		LAW(!allowed || is_about_the_request(last.refusal.rule),
		    text_cstr(arena, text_printf(arena, "%s is allowed and refused by %s",
						 move_names[request.move], last.refusal.rule)));
		refusals++;
	} else {
		made++;
		if (last.settled == 0)
			LAW(core_allows(arena, &world, before, who, request.move, now_us),
			    "a move is made that is not allowed");
	}
	versions_follow_what_is_seen(before, &last.facts);
	if (one_in(8))
		decided_the_same_twice(before, who, &request, now_us);
	each_obligation_is_sound();
	offers_are_sound();
}

static void one_history(void)
{
	int64_t now = at("2026-01-05 09:00") + (int64_t)random_below(300) * US_PER_DAY;
	int after_end = 0;

	set_up(NULL);
	world.panel_threshold_p = one_in(3) ? 169000 : 0;
	for (int i = 0; i < MOVES_EACH && after_end < 3; i++) {
		after_end += played->stage == STAGE_ENDED;
		now = after_the_last(time_passes(now));
		one_move(now);
	}
	the_ledger_is_sound();
	if (history % 10 == 0) {
		the_ledger_replays();
		no_provider_sees_the_limit();
	}
	ended_histories += played->stage == STAGE_ENDED;
	agreed_histories += played->agreement_count > 0;
	for (size_t f = 0; f < played->fact_count; f++) {
		misses += played->facts[f]->kind == FACT_MISSED;
		lapses += played->facts[f]->kind == FACT_LAPSED;
	}
	tear_down(NULL);
}

static void the_laws_hold_in_every_history(void **state)
{
	const char *seed = getenv("LAWS_SEED"), *histories = getenv("LAWS_HISTORIES");
	long count = histories ? strtol(histories, NULL, 10) : HISTORIES;

	(void)state;
	random_state = seed ? strtoull(seed, NULL, 10) * 2 + 1 : 20260401;
	for (history = 0; history < count; history++)
		one_history();
	print_message("# %ld histories: %ld moves made, %ld refused; %ld agreed, %ld ended; %ld "
		      "missed, %ld lapsed\n",
		      count, made, refusals, agreed_histories, ended_histories, misses, lapses);
	/* else the exploration goes nowhere, and shows nothing */
	assert_true(made > count * 10 && agreed_histories > count / 20 && lapses > count / 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(the_laws_hold_in_every_history)};

	return cmocka_run_group_tests_name("laws", tests, NULL, NULL);
}
