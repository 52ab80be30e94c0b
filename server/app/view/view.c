/*
 * view.c - a placement as one party sees it, and what that party may do next.
 *
 * Drawn from the fold for each party; nothing drawn is stored. A provider sees its own thread, the
 * needs without identity and the guide; never a limit, a panel's reasons, another provider or who
 * the person is. Whoever represents the person sees what concerns the person and nothing between
 * the sides. Money is view_terms.c's, dates are view_due.c's.
 */
#include "view/view.h"

#include "concordat/core/protocol.h"
#include "concordat/wire/emit.h"

/* ---- allowed moves ---- */

/* When something changes by itself, as far as the party may know. */
static int64_t changes_at(const struct placement *placement, const struct party *party,
			  int64_t now_us)
{
	int64_t soonest = NEVER_US;

	for (size_t i = 0; party && i < placement->obligation_count; i++) {
		const struct obligation *o = &placement->obligations[i];

		if (obligation_is_open(o) && o->due_at_us > now_us && o->due_at_us < soonest &&
		    party_sees_obligation(placement, party, o))
			soonest = o->due_at_us;
	}
	return soonest;
}

struct text view_allowed_moves(struct arena *arena, const struct world *world,
			       const struct placement *placement, const struct actor *actor,
			       int64_t now_us)
{
	const struct party *party = placement_party(placement, actor->organisation);
	int64_t until_us = changes_at(placement, party, now_us);
	struct writer w;

	writer_init(&w, arena);
	emit_begin(&w, NULL, '[');
	for (int move = 0; move < MOVE_COUNT; move++) {
		if (!core_allows(arena, world, placement, actor, (enum move)move, now_us))
			continue;
		emit_begin(&w, NULL, '{');
		emit_word(&w, "move", move_names[move]);
		emit_text(&w, "schema",
			  text_printf(arena, "/openapi.json#/components/schemas/%s",
				      move_names[move]));
		emit_instant(&w, "until", until_us);
		emit_end(&w, '}');
	}
	emit_end(&w, ']');
	return writer_text(&w);
}

/* ---- the placement ---- */

/* Why the strand ended with that entry: with the placement, or as another provider took over. */
static int32_t strand_end_reason(const struct viewer *v, enum fact_kind kind)
{
	switch (kind) {
	case FACT_WITHDRAWN:
	case FACT_CARE_ENDED:
	case FACT_DEATH_RECORDED:
		return v->placement->end_reason;
	case FACT_NOVATION_DROPPED:
		return END_WITHDRAWN;
	case FACT_NOVATION_CONSENTED:
	case FACT_TRANSFERRED:
		return END_TRANSFERRED;
	default:
		return NO_ENUM;
	}
}

/* A provider whose own thread ended before the rest learns that and no more. */
static int32_t end_reason_seen(const struct viewer *v)
{
	const struct thread *thread = placement_thread(v->placement, v->party->thread);
	const struct fact *ended_by;

	if (v->party->side == SIDE_COMMISSIONER || v->party->side == SIDE_REPRESENTATIVE)
		return v->placement->end_reason;
	if (!thread)
		return NO_ENUM;
	switch (thread->state) {
	case THREAD_DECLINED:
		return END_DECLINED;
	case THREAD_LAPSED:
		return END_LAPSED;
	case THREAD_NOT_CHOSEN:
		return NO_ENUM;
	case THREAD_ENDED:
		ended_by = view_entry(v, thread->ended_entry);
		if (ended_by && ended_by->kind == FACT_LAPSED)
			return END_LAPSED;
		return ended_by ? strand_end_reason(v, ended_by->kind) : NO_ENUM;
	case THREAD_OPEN:
	case THREAD_AGREED:
	case THREAD_NOVATING:
	case THREAD_STATE_COUNT:
		break;
	}
	return v->placement->end_reason == END_REFUSED_BY_PANEL ? NO_ENUM
								: v->placement->end_reason;
}

static void put_person(struct writer *w, const struct viewer *v)
{
	const struct schema *schema = move_schema(MOVE_OPEN_PLACEMENT);
	const struct open_placement *opening = v->placement->opening;

	emit_begin(w, "person", '{');
	if (v->audience == AUDIENCE_COMMISSIONER)
		emit_id(w, "id", v->placement->person);
	emit_member(w, "name", schema, offsetof(struct open_placement, person_name), opening,
		    v->audience);
	emit_member(w, "initials", schema, offsetof(struct open_placement, person_initials),
		    opening, v->audience);
	emit_member(w, NULL, schema, offsetof(struct open_placement, date_of_birth), opening,
		    v->audience);
	emit_end(w, '}');
}

static void put_opening(struct writer *w, const struct viewer *v)
{
	static const size_t shown[] = {
		offsetof(struct open_placement, care_setting),
		offsetof(struct open_placement, urgency),
		offsetof(struct open_placement, case_reference),
		offsetof(struct open_placement, team),
		offsetof(struct open_placement, external_reference),
		offsetof(struct open_placement, wanted_start_day),
		offsetof(struct open_placement, planned_end_day),
		offsetof(struct open_placement, funding),
	};

	/* whoever is out hears nothing of what was put right since */
	const struct open_placement *opening = access_is_over(v->placement, v->party)
						       ? v->placement->facts[0]->data
						       : v->placement->opening;

	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
		emit_member(w, NULL, move_schema(MOVE_OPEN_PLACEMENT), shown[i], opening,
			    v->audience);
}

/* The one that cares: whoever represents the person learns it with the agreement. */
static const struct thread *agreed_thread(const struct viewer *v)
{
	const struct agreement *agreement = placement_agreement(v->placement);

	return agreement ? placement_thread(v->placement, agreement->thread) : NULL;
}

/* The commissioner, oneself, and who is between the two or is mediated for. */
static bool sees_party(const struct viewer *v, const struct party *party)
{
	const struct thread *agreed = agreed_thread(v);

	if (v->party->side == SIDE_REPRESENTATIVE && agreed &&
	    uuid_eq(party->organisation, agreed->provider))
		return true;
	return v->party->side == SIDE_COMMISSIONER || party->side == SIDE_COMMISSIONER ||
	       uuid_eq(party->organisation, v->party->organisation) ||
	       (party->thread && party->thread == v->party->thread &&
		(party->side == SIDE_MEDIATOR) != (v->party->side == SIDE_MEDIATOR));
}

static void put_parties(struct writer *w, const struct viewer *v)
{
	emit_begin(w, "parties", '[');
	for (size_t i = 0; i < v->placement->party_count; i++) {
		const struct party *party = &v->placement->parties[i];

		if (!sees_party(v, party))
			continue;
		emit_begin(w, NULL, '{');
		emit_id(w, "organisation", party->organisation);
		emit_word(w, "side", side_names[party->side]);
		if (party->side == SIDE_COMMISSIONER)
			emit_text(w, "name", v->settings->name);
		if (view_strand(v, party->thread))
			emit_int(w, "thread", view_strand(v, party->thread));
		emit_instant(w, "since", party->since_us);
		emit_end(w, '}');
	}
	emit_end(w, ']');
}

/* The provider and home of the thread that matters now: one's own, or the open or agreed one. */
static const struct thread *thread_of_home(const struct viewer *v)
{
	return v->party->side == SIDE_REPRESENTATIVE ? agreed_thread(v)
	       : v->party->thread ? placement_thread(v->placement, v->party->thread)
				  : placement_open_thread(v->placement);
}

struct uuid view_home_followed(const struct viewer *v)
{
	const struct thread *thread = thread_of_home(v);
	bool is_sides = v->party->side == SIDE_COMMISSIONER || v->party->side == SIDE_PROVIDER;

	return thread && is_sides && party_stage(v->placement, v->party) != STAGE_ENDED
		       ? thread->home
		       : (struct uuid){{0}};
}

static void put_home(struct writer *w, const struct viewer *v)
{
	const struct thread *thread = thread_of_home(v);

	if (!thread)
		return;
	emit_id(w, "provider", thread->provider);
	emit_id(w, "home", thread->home);
}

static void put_entries(struct writer *w, const struct viewer *v, const char *name,
			enum fact_kind kind)
{
	view_entries(w, v, name, kind, view_said);
}

static void put_needs(struct writer *w, const struct viewer *v)
{
	const struct fact *fact = view_newest(v, FACT_NEEDS_DESCRIBED);

	if (!fact)
		return;
	emit_begin(w, "needs", '{');
	emit_int(w, "entry", view_number(v, fact->seq));
	emit_instant(w, "described_at", fact->recorded_at_us);
	emit_members(w, move_schema(MOVE_DESCRIBE_NEEDS), fact->data, v->audience);
	emit_end(w, '}');
}

/* A provider sees the rounds that it has a strand in. */
static bool sees_round(const struct viewer *v, const struct round *round)
{
	if (v->party->side == SIDE_COMMISSIONER)
		return true;
	for (size_t i = 0; i < v->placement->thread_count; i++)
		if (v->placement->threads[i].round == round->number &&
		    view_sees_thread(v, &v->placement->threads[i]))
			return true;
	return false;
}

/* The newest calculation before that entry, counted from 1; 0: none. */
static size_t calculation_before(const struct placement *placement, int32_t entry)
{
	size_t number = 0;

	while (number < placement->calculation_count &&
	       placement->calculations[number].entry < entry)
		number++;
	return number;
}

/* What a review reopened, beside what governed before, line by line. */
static void put_recalculation(struct writer *w, const struct viewer *v, const struct round *round)
{
	const struct placement *p = v->placement;
	int32_t until = (size_t)round->number < p->round_count
				? p->rounds[round->number].opened_entry
				: p->seq + 1;
	size_t before = calculation_before(p, round->opened_entry);
	size_t after = calculation_before(p, until);

	if (round->kind == ROUND_REVIEW && before && after > before)
		emit_text(w, "recalculation",
			  text_printf(
				  w->arena,
				  "/v1/placements/%.*s/calculations/%zu/comparison?calculation=%zu",
				  TEXT_FMT(uuid_text(w->arena, p->id)), before, after));
}

static void put_rounds(struct writer *w, const struct viewer *v)
{
	bool is_over = party_stage(v->placement, v->party) == STAGE_ENDED;

	emit_begin(w, "rounds", '[');
	for (size_t i = 0; i < v->placement->round_count; i++) {
		const struct round *round = &v->placement->rounds[i];

		if (v->party->side == SIDE_REPRESENTATIVE || !sees_round(v, round))
			continue;
		emit_begin(w, NULL, '{');
		emit_int(w, "number", round->number);
		emit_word(w, "kind", round_kind_names[round->kind]);
		put_recalculation(w, v, round);
		/* Once its own thread is over, what becomes of the round is not its business. */
		emit_bool(w, "open", round->open && !is_over);
		emit_word(w, "stage", stage_names[is_over ? STAGE_ENDED : round->stage]);
		if (v->audience == AUDIENCE_COMMISSIONER) {
			emit_begin(w, "panel", '{');
			emit_bool(w, "pending", round->panel_pending);
			emit_bool(w, "approved", round->panel_approved);
			emit_money(w, "limit_weekly", round->limit_weekly_p);
			emit_id(w, "approver", round->approver);
			emit_end(w, '}');
		}
		emit_end(w, '}');
	}
	emit_end(w, ']');
}

static void put_signatures(struct writer *w, const struct viewer *v)
{
	const struct round *round = placement_open_round(v->placement);

	if (!round || round->stage != STAGE_SIGNING ||
	    party_stage(v->placement, v->party) == STAGE_ENDED)
		return;
	emit_begin(w, "signed", '{');
	emit_bool(w, "commissioner", v->placement->signed_by_commissioner);
	emit_bool(w, "provider", v->placement->signed_by_provider);
	emit_end(w, '}');
}

/* What the sides, a mediator and whoever represents the person see, each of them its own. */
static void put_placement(struct writer *w, const struct viewer *v, struct text home_standing)
{
	const struct placement *placement = v->placement;
	const struct party *party = v->party;
	enum stage stage = party_stage(placement, party);
	bool started = view_newest(v, FACT_START_CONFIRMED) ||
		       view_newest(v, FACT_EXISTING_AGREEMENT_CONFIRMED);
	int32_t end_reason = stage == STAGE_ENDED ? end_reason_seen(v) : NO_ENUM;

	emit_id(w, "id", placement->id);
	emit_text(w, "reference", placement->opening->reference);
	emit_text(w, "version", text_printf(w->arena, "v%d", party->version));
	emit_int(w, "entries", party->entries);
	emit_word(w, "stage", stage_names[stage]);
	if (end_reason != NO_ENUM)
		emit_word(w, "end_reason", end_reason_names[end_reason]);
	emit_instant(w, "opened_at", placement->opened_at_us);
	emit_text(w, "protocol", placement->facts[0]->protocol);
	put_opening(w, v);
	if (party->side == SIDE_REPRESENTATIVE)
		view_contribution(w, v, &placement->opening->funding, NO_INT);
	put_person(w, v);
	put_parties(w, v);
	put_home(w, v);
	if (home_standing.at)
		emit_json(w, "home_standing", home_standing);
	put_needs(w, v);
	put_entries(w, v, "involvement", FACT_INVOLVEMENT_RECORDED);
	view_guide(w, v);
	if (v->audience == AUDIENCE_COMMISSIONER)
		put_entries(w, v, "panel_decisions", FACT_PANEL_DECIDED);
	put_rounds(w, v);
	view_threads(w, v);
	put_signatures(w, v);
	view_agreements(w, v);
	view_money(w, v);
	if (started)
		emit_day(w, "started_on", placement->started_day);
	put_entries(w, v, "reviews", FACT_REVIEW_HELD);
	put_entries(w, v, "feedback", FACT_FEEDBACK_GIVEN);
	put_entries(w, v, "review_requests", FACT_REVIEW_REQUESTED);
	put_entries(w, v, "declined_reviews", FACT_REVIEW_DECLINED);
	put_entries(w, v, "recalculation_requests", FACT_RECALCULATION_REQUESTED);
	if (v->audience == AUDIENCE_COMMISSIONER)
		put_entries(w, v, "checks", FACT_CHECK_CONFIRMED);
	view_ending(w, v);
	view_complaints(w, v);
	view_obligations(w, v);
	view_between(w, v);
}

struct text view_placement(struct arena *arena, const struct authority_settings *authority,
			   const struct placement *placement, const struct actor *actor,
			   const struct party *party, int64_t now_us, int32_t known_day,
			   struct worked *worked, struct text home_standing)
{
	const struct viewer v = {
		.settings = authority,
		.placement = placement,
		.actor = actor,
		.party = party,
		.audience = access_audience(placement, actor, party),
		.now_us = now_us,
		.numbers = view_numbers(arena, placement, party),
		.worked = worked,
	};
	struct writer w;

	writer_init(&w, arena);
	emit_begin(&w, NULL, '{');
	if (party->side == SIDE_CO_PAYER)
		view_co_payer(&w, &v);
	else
		put_placement(&w, &v, home_standing);
	emit_day(&w, "as_known_on", known_day);
	emit_json(&w, "allowed_moves",
		  known_day == NO_DAY
			  ? view_allowed_moves(arena, &authority->world, placement, actor, now_us)
			  : TEXT("[]"));
	emit_end(&w, '}');
	return writer_text(&w);
}
