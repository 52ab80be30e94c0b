/*
 * laws.c - what holds in every history, shown over many that nobody thought of.
 *
 * Actors make mostly sensible moves at random times, with time acting now and then. The seed is
 * fixed, so a failure comes back; LAWS_SEED and LAWS_HISTORIES in the environment try others, and
 * LAWS_GO_ON tells of all that is wrong.
 */
#include "laws.h"

#define HISTORIES 3500
#define MOVES_EACH 56
#define WEIGHT_MOST 60
#define SELDOM 12 /* made less often, a move goes before the others */

static uint64_t random_state;
static long history, made, refusals, ended_histories, agreed_histories, misses, lapses;
/* The last of people's is of a home's record, and here no home has one. */
#define PEOPLES_MOVES MOVE_CONFIRM_CHECK

static long times_made[MOVE_COUNT];

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

static void law_broken(const char *words)
{
	ledger_tell();
	print_error("history %ld, entry %d, %s: %s\n", history, played->seq,
		    stage_names[played->stage], words);
	if (!getenv("LAWS_GO_ON"))
		fail_msg("history %ld, entry %d: %s", history, played->seq, words);
}

/* ---- requests: sound ones mostly, at odd dates ---- */

static void vary(enum move move, const void *request, int32_t today)
{
	struct open_placement *open = (struct open_placement *)request;
	struct make_offer *offer = (struct make_offer *)request;
	struct confirm_start *start = (struct confirm_start *)request;
	struct hold_review *held = (struct hold_review *)request;
	struct change_timescale *change = (struct change_timescale *)request;

	if (move == MOVE_OPEN_PLACEMENT && open->planned_end_day == NO_DAY) {
		open->wanted_start_day = today + (int32_t)random_below(80);
		if (one_in(4))
			open->planned_end_day = open->wanted_start_day + (int32_t)random_below(400);
	}
	if (move == MOVE_MAKE_OFFER) {
		offer->terms.start_day = today + (int32_t)random_below(60) - 10;
		if (one_in(4))
			offer->valid_until_day = today + (int32_t)random_below(40);
	}
	if (move == MOVE_CONFIRM_START)
		start->started_day -= (int32_t)random_below(6);
	if (move == MOVE_HOLD_REVIEW) {
		held->held_day = today - (int32_t)random_below(10);
		held->needs = (int32_t)random_below(NEEDS_CHANGE_COUNT);
		if (one_in(2))
			held->reassessed_day = held->held_day;
	}
	if (move == MOVE_CHANGE_TIMESCALE)
		change->more = 1 + random_below(20);
}

/* ---- laws over the whole history ---- */

/* The refusal points into the request, or comes of what it would lead to. */
static bool is_about_the_request(const struct refusal *refusal)
{
	if (refusal->pointer.len && !text_is(refusal->pointer, "/move"))
		return true;
	return strcmp(refusal->rule, "within_approved_limit") == 0 ||
	       strcmp(refusal->rule, "another_answers") == 0 || /* of several complaints */
	       strcmp(refusal->rule, "interim_sound") == 0 ||
	       strcmp(refusal->rule, "calendar_runs_out") == 0;
}

static struct text pictured(const struct placement *p)
{
	struct writer w;

	writer_init(&w, arena);
	writer_printf(&w, "%d %d %d;", (int)p->stage, p->end_reason, p->seq);
	for (size_t i = 0; i < p->obligation_count; i++) {
		const struct obligation *o = &p->obligations[i];

		writer_printf(&w, "%d %lld ", o->served_entry, (long long)o->not_served_us);
		writer_printf(&w, "%d/%d %d %d %lld %lld %lld %zu %d;", o->entry, o->n,
			      (int)o->duty, (int)o->state, (long long)o->due_at_us,
			      (long long)o->missed_at_us, (long long)o->closed_at_us,
			      o->pause_count, o->due_day);
	}
	for (size_t i = 0; i < p->party_count; i++)
		writer_printf(&w, "%d %d;", p->parties[i].version, p->parties[i].entries);
	for (size_t i = 0; i < p->extension_count; i++)
		writer_printf(&w, "%d;", (int)p->extensions[i].state);
	for (size_t i = 0; i < p->thread_count; i++) {
		const struct thread *t = &p->threads[i];

		writer_printf(&w, "%d %d %zu %d %d %d %d", (int)t->state, (int)t->turn,
			      t->question_count, (int)t->mediation.state, t->sealed, t->chosen,
			      t->identity_shared);
		for (size_t n = 0; n < t->offer_count; n++)
			writer_printf(&w, " %d", (int)t->offers[n].state);
	}
	return writer_text(&w);
}

/* Stored bodies, read back, write the same bytes and fold into the same placement. */
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
		LAW(again->stage == before || lead_taken(fact->kind, before, again->stage),
		    "a stage moved where no row leads");
	}
	LAW(text_eq(pictured(again), picture), "a replay differs");
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

static int64_t time_passes(int64_t now_us)
{
	if (one_in(16))
		return now_us + (int64_t)random_below(40) * US_PER_DAY;
	if (one_in(4))
		return now_us + (int64_t)random_below(4) * US_PER_DAY;
	return now_us + 1 + (int64_t)random_below(10) * US_PER_HOUR;
}

/* What some addressee was told of comes back, or arrives after all. */
static void a_notice_fails(int64_t now_us)
{
	const struct placement *before = played;
	const struct obligation *o;
	struct list facts = {0};
	struct uuid whom;

	if (!played->obligation_count)
		return;
	now_us = after_the_last(now_us);
	played = core_settle(arena, &world, played, now_us, &facts);
	o = &played->obligations[random_below((uint32_t)played->obligation_count)];
	whom = obligation_addressee(played, o);
	played = obligation_waits_for_service(o)
			 ? core_served(arena, &world, played, o->entry, whom, CHANNEL_EMAIL, now_us,
				       &facts)
			 : core_not_served(arena, &world, played, o->entry, whom, now_us, &facts);
	step_is_sound(before, &facts);
	nobody_reads_more(before);
}

/* How often a move is chosen beside the others: those that lead onward, so that most histories get
 * somewhere, and what has hardly been made. */
static uint32_t weight_of(enum move move)
{
	if (times_made[move] < SELDOM)
		return WEIGHT_MOST;
	if (move == MOVE_WITHDRAW || move == MOVE_RECORD_DEATH || move == MOVE_TRANSFER)
		return one_in(60);
	if (move == MOVE_END || move == MOVE_RECORD_EXISTING_AGREEMENT ||
	    move == MOVE_GIVE_NOTICE || move == MOVE_REDACT || move == MOVE_CORRECT ||
	    move == MOVE_RAISE_COMPLAINT)
		return one_in(8);
	if (move == MOVE_SIGN || move == MOVE_ACCEPT || move == MOVE_ACCEPT_SETTLEMENT)
		return 24;
	if (move == MOVE_INVITE || move == MOVE_CHOOSE_PROVIDER || move == MOVE_MAKE_OFFER)
		return 8;
	if ((move == MOVE_DESCRIBE_NEEDS && !played->needs) ||
	    (move == MOVE_CALCULATE && !played->calculation_count))
		return 8;
	if (move == MOVE_PROPOSE_SETTLEMENT || move == MOVE_AGREE_MEDIATOR ||
	    move == MOVE_CONSENT_TO_MEDIATION)
		return 24;
	if (move == MOVE_CONCLUDE_MEDIATION)
		return 6;
	if (move == MOVE_RECORD_INVOLVEMENT)
		return 2;
	if (move == MOVE_REJECT || move == MOVE_WITHDRAW_OFFER || move == MOVE_DECLINE ||
	    move == MOVE_LEAVE_MEDIATION || move == MOVE_SEND_MESSAGE || move == MOVE_ATTACH ||
	    move == MOVE_WRITE_NOTE || move == MOVE_DISPUTE_ENTRY ||
	    move == MOVE_ACKNOWLEDGE_DELIVERY || move == MOVE_CHANGE_TIMESCALE ||
	    move == MOVE_ASK || move == MOVE_DESCRIBE_NEEDS || move == MOVE_CALCULATE ||
	    move == MOVE_INVITE_REPRESENTATIVE)
		return one_in(4);
	if (move == MOVE_RELEASE_REPRESENTATIVE)
		return one_in(10);
	return protocol_move(move)->lead_count ? 4 : 1;
}

/* Mostly a move that is allowed: some actor, then one of the moves it may make. */
static const struct actor *choose(int64_t now_us, enum move *move)
{
	const struct actor *who = people[random_below(PEOPLE)];
	enum move can[MOVE_COUNT * WEIGHT_MOST];
	uint32_t count = 0;

	*move = played->seq ? (enum move)random_below(PEOPLES_MOVES) : MOVE_OPEN_PLACEMENT;
	if (!played->seq || one_in(12))
		return played->seq ? who : &officer;
	for (int tries = 0; tries < 6 && !count; tries++) {
		who = people[random_below(PEOPLE)];
		for (int m = 0; m < PEOPLES_MOVES; m++) {
			if (!acts_for_its_side(who) ||
			    !core_allows(arena, &world, played, who, (enum move)m, now_us))
				continue;
			for (uint32_t n = weight_of((enum move)m); n > 0; n--)
				can[count++] = (enum move)m;
		}
	}
	if (count)
		*move = can[random_below(count)];
	return who;
}

/* One of the requests that stand for others, changed a little; with its digests, as when stored. */
static struct request request_of(const struct actor *who, enum move move, int64_t now_us)
{
	static struct menu menu;
	const struct asked *asked;
	size_t first;

	menu_of(&menu, who, move, now_us);
	assert_true(menu.count > 0);
	first = random_below((uint32_t)menu.count);
	asked = &menu.items[one_in(3) ? first : random_below((uint32_t)first + 1)];
	vary(move, asked->data, london_day(now_us));
	fill_digests(move, (void *)asked->data);
	return (struct request){.move = move,
				.data = asked->data,
				.thread = asked->thread,
				.said = asked->said,
				.occurred_at_us = NEVER_US};
}

/* No menu has everybody who might be; and the others' day may be too near to invite one more. */
static bool names_somebody(enum move move)
{
	return move == MOVE_INVITE || move == MOVE_REOPEN_INVITATION || move == MOVE_NOVATE ||
	       move == MOVE_NOMINATE_MEDIATOR || move == MOVE_APPOINT_BY_BODY ||
	       move == MOVE_INVITE_REPRESENTATIVE;
}

static struct decision decided(const struct actor *who, const struct asked *asked, enum move move,
			       int64_t now_us)
{
	struct request request = {.move = move,
				  .data = asked->data,
				  .thread = asked->thread,
				  .said = asked->said,
				  .occurred_at_us = NEVER_US};

	return core_decide(arena, &world, played, who, &request, now_us);
}

static void refusals_tell(const struct actor *who, const struct menu *menu, int64_t now_us)
{
	for (size_t i = 0; i < menu->count; i++) {
		struct refusal refusal = decided(who, &menu->items[i], menu->move, now_us).refusal;

		print_error("    %s: %s %.*s %.*s\n", menu->items[i].name, refusal.rule,
			    TEXT_FMT(refusal.pointer), TEXT_FMT(refusal.sentence));
	}
}

/* Whether some request of the menu is accepted; or else may be, with what no menu has. */
static bool some_request_is_accepted(const struct actor *who, struct menu *menu, int64_t now_us,
				     bool *may_be)
{
	bool accepted = false;

	for (size_t i = 0; i < menu->count && !accepted; i++) {
		struct decision decision;

		if (menu->items[i].said)
			continue;
		decision = decided(who, &menu->items[i], menu->move, now_us);
		accepted = !decision.refused;
		*may_be |= accepted || is_beyond_menus(&decision.refusal);
	}
	return accepted;
}

/* Each move that somebody may make has a request that is accepted; one that they may not has none.
 */
static void allowed_is_what_is_accepted(int64_t now_us)
{
	static struct menu menu;
	const struct actor *who = people[random_below(PEOPLE)];

	if (!acts_for_its_side(who) || !placement_is_settled(played, now_us))
		return;
	for (int move = 0; move < PEOPLES_MOVES; move++) {
		bool allowed = core_allows(arena, &world, played, who, (enum move)move, now_us);
		bool may_be = names_somebody((enum move)move), accepted;

		if (!allowed && !one_in(8))
			continue;
		menu_of(&menu, who, (enum move)move, now_us);
		accepted = some_request_is_accepted(who, &menu, now_us, &may_be);
		if (allowed && !may_be)
			refusals_tell(who, &menu, now_us);
		LAW(allowed ? may_be : !accepted,
		    text_cstr(arena, text_printf(arena, "%s %s %s, and %s", side_names[who->side],
						 allowed ? "may" : "may not", move_names[move],
						 accepted ? "does" : "no request is accepted")));
	}
}

static void on_personal(void *body, struct text path, struct personal *personal)
{
	const struct text *in = body;

	(void)path;
	LAW(!memmem(in->at, in->len, personal->text.at, personal->text.len),
	    "a body holds what somebody said");
}

/* Of what people say the ledger has digests alone. */
static void bodies_are_impersonal(const struct list *facts)
{
	struct fact *const *items = facts->items;

	for (size_t f = 0; f < facts->count; f++) {
		struct text body = fact_body(arena, items[f]);

		LAW(!memchr(body.at, '~', body.len), "a body holds what somebody said");
		schema_each_personal(arena, move_schema((enum move)items[f]->kind),
				     (void *)items[f]->data, on_personal, &body);
	}
}

static void one_move(int64_t now_us)
{
	const struct placement *before;
	struct request request;
	const struct actor *who;
	bool allowed, was_ended;
	enum move move;

	if (one_in(3))
		settle(now_us);
	if (one_in(9))
		a_notice_fails(now_us);
	if (one_in(40)) {
		settle(now_us);
		allowed_is_what_is_accepted(after_the_last(now_us));
	}
	now_us = after_the_last(now_us);
	who = choose(now_us, &move);
	request = request_of(who, move, now_us);
	before = played;
	was_ended = before->stage == STAGE_ENDED;
	last = core_decide(arena, &world, before, who, &request, now_us);
	played = last.after;
	LAW(last.refused || last.facts.count == last.settled + 1 || protocol_move(move)->follow,
	    "a move is one fact");
	LAW(!last.refused || last.facts.count == last.settled, "a refusal is a fact");
	LAW(!was_ended || last.refused || stays_open(move) || placement_open_round(before),
	    "something happens after the end");
	LAW(last.facts.count || played == before, "nothing happened and something changed");
	if (last.refused) {
		/* settled, so that what is allowed is known */
		allowed = core_allows(arena, &world, played, who, move, now_us);
		LAW(!allowed || is_about_the_request(&last.refusal) || request.thread != NO_INT ||
			    request.said ||
			    (who->side == SIDE_COMMISSIONER && played->thread_count > 1) ||
			    move == MOVE_DISPUTE_ENTRY || move == MOVE_ATTACH ||
			    move == MOVE_SEND_MESSAGE || move == MOVE_ACKNOWLEDGE_DELIVERY,
		    text_cstr(arena, text_printf(arena, "%s is allowed and refused by %s",
						 move_names[move], last.refusal.rule)));
		refusals++;
	} else {
		made++;
		times_made[move]++;
		if (last.settled == 0 && !request.said)
			LAW(core_allows(arena, &world, before, who, move, now_us),
			    text_cstr(arena, text_printf(arena, "%s is made and not allowed",
							 move_names[move])));
	}
	step_is_sound(before, &last.facts);
	nobody_reads_more(before);
	bodies_are_impersonal(&last.facts);
	if (one_in(8))
		decided_the_same_twice(before, who, &request, now_us);
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
		for (size_t i = 0; i < played->party_count; i++)
			reads_only_its_own(&played->parties[i], 0, played->fact_count);
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
	assert_true(made > count * 10 && agreed_histories > count / 40 && lapses > count / 20);
	for (int move = 0; move < PEOPLES_MOVES; move++)
		if (count >= HISTORIES && !times_made[move])
			fail_msg("%s was never made", move_names[move]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(the_laws_hold_in_every_history)};

	return cmocka_run_group_tests_name("laws", tests, NULL, NULL);
}
