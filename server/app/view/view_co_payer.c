/*
 * view_co_payer.c - a placement as a co-payer sees it: its own share by day, and no other figure.
 *
 * Drawn apart from what the sides see, so that nothing is shown to it but what is written here:
 * stage, start and end, whose placement it is and who cares, its top-up, and what the commissioner
 * wrote to it. What each night came to is its account's.
 */
#include "concordat/core/account.h"
#include "concordat/wire/emit.h"
#include "view/view.h"

static void put_party(struct writer *w, const struct viewer *v, struct uuid organisation,
		      enum side side)
{
	const struct party *party = placement_party(v->placement, organisation);

	if (!party)
		return;
	emit_begin(w, NULL, '{');
	emit_id(w, "organisation", organisation);
	emit_word(w, "side", side_names[side]);
	if (side == SIDE_COMMISSIONER)
		emit_text(w, "name", v->settings->name);
	emit_instant(w, "since", party->since_us);
	emit_end(w, '}');
}

/* Not who else pays. */
static void put_parties(struct writer *w, const struct viewer *v)
{
	const struct agreement *agreement = placement_agreement(v->placement);
	const struct thread *thread =
		agreement ? placement_thread(v->placement, agreement->thread) : NULL;

	emit_begin(w, "parties", '[');
	put_party(w, v, v->placement->authority, SIDE_COMMISSIONER);
	if (thread)
		put_party(w, v, thread->provider, SIDE_PROVIDER);
	put_party(w, v, v->party->organisation, SIDE_CO_PAYER);
	emit_end(w, ']');
	if (!thread)
		return;
	emit_id(w, "provider", thread->provider);
	emit_id(w, "home", thread->home);
}

static void put_shares(struct writer *w, const struct viewer *v)
{
	const struct payer_share *share = v->party->shares.items;

	emit_begin(w, "shares", '[');
	for (size_t i = 0; i < v->party->shares.count; i++) {
		emit_begin(w, NULL, '{');
		emit_day(w, "from", share[i].from_day);
		emit_day(w, "to", share[i].to_day);
		emit_money(w, "weekly", share[i].weekly_p);
		emit_bool(w, "top_up_unsigned", share[i].top_up_unsigned);
		emit_end(w, '}');
	}
	emit_end(w, ']');
}

static bool has_started(const struct viewer *v)
{
	return view_newest(v, FACT_START_CONFIRMED) ||
	       view_newest(v, FACT_EXISTING_AGREEMENT_CONFIRMED);
}

void view_co_payer(struct writer *w, const struct viewer *v)
{
	const struct open_placement *opening = v->placement->opening;
	enum stage stage = party_stage(v->placement, v->party);
	struct text id = uuid_text(w->arena, v->placement->id);

	emit_id(w, "id", v->placement->id);
	emit_text(w, "reference", opening->reference);
	emit_text(w, "version", text_printf(w->arena, "v%d", v->party->version));
	emit_int(w, "entries", v->party->entries);
	emit_word(w, "stage", stage_names[stage]);
	if (stage == STAGE_ENDED && !v->party->until_entry)
		emit_word(w, "end_reason", end_reason_names[v->placement->end_reason]);
	emit_word(w, "care_setting", care_setting_names[opening->care_setting]);
	put_parties(w, v);
	put_shares(w, v);
	emit_text(w, "account", text_printf(w->arena, "/v1/placements/%.*s/account", TEXT_FMT(id)));
	view_top_ups(w, v);
	if (has_started(v))
		emit_day(w, "started_on", v->placement->started_day);
	view_ending(w, v);
	view_obligations(w, v);
	view_between(w, v);
}
