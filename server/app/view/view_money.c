/*
 * view_money.c - the fee today and who pays it, the next one, interim terms, and nights away.
 *
 * What each night came to, and what was put right, is account.c's.
 */
#include "concordat/wire/emit.h"
#include "view/account.h"
#include "view/view.h"

static void put_shares(struct writer *w, const struct viewer *v, const struct account_period *p)
{
	struct list shares =
		account_shares(w->arena, account_payers_seen(v->party),
			       &(struct share_amounts){.weekly = &p->weekly,
						       .top_up_unsigned = p->top_up_unsigned});
	const struct account_share *share = shares.items;

	emit_begin(w, "by_payer", '[');
	for (size_t i = 0; i < shares.count; i++)
		emit_struct(w, NULL, &account_share_schema, &share[i], v->audience);
	emit_end(w, ']');
}

static void put_fee(struct writer *w, const struct viewer *v, const char *name,
		    const struct account_period *p)
{
	struct uuid provider;

	if (!account_provider_seen(v->party, &provider) ||
	    (!uuid_is_zero(provider) && !uuid_eq(provider, p->provider)))
		return;
	emit_begin(w, name, '{');
	emit_day(w, "from", p->from_day);
	if (!(p->weekly.payers & ~account_payers_seen(v->party)))
		emit_money(w, "weekly", p->weekly.total_p);
	emit_int(w, "agreement", p->agreement ? p->agreement : NO_INT);
	emit_bool(w, "away", p->absence_entry != 0);
	if (p->past_end)
		emit_bool(w, "past_end", true);
	if (p->terms && !(p->weekly.payers & ~account_payers_seen(v->party))) {
		emit_money(w, "quality", p->quality.worked.payable_p - p->terms->weekly_p);
		emit_text(w, "quality_reason",
			  quality_words(w->arena, &p->terms->quality, &p->quality));
		if (p->quality.entry)
			emit_int(w, "quality_entry", view_number(v, p->quality.entry));
	}
	put_shares(w, v, p);
	emit_end(w, '}');
}

static void put_interim(struct writer *w, const struct viewer *v)
{
	const struct placement *p = v->placement;

	emit_begin(w, "interim_terms", '[');
	for (size_t i = 0; i < p->interim_count; i++) {
		const struct interim *interim = &p->interims[i];

		if (!view_entry(v, interim->entry))
			continue;
		emit_begin(w, NULL, '{');
		emit_int(w, "entry", view_number(v, interim->entry));
		emit_word(w, "side", side_names[interim->side]);
		emit_money(w, "weekly", interim->weekly_p);
		emit_word(w, "basis", interim_basis_names[interim->basis]);
		emit_day(w, "from", interim->from_day);
		emit_bool(w, "agreed", interim->agreed_entry != 0);
		if (interim->agreed_entry)
			emit_int(w, "agreed_entry", view_number(v, interim->agreed_entry));
		emit_end(w, '}');
	}
	emit_end(w, ']');
}

static void put_absences(struct writer *w, const struct viewer *v)
{
	const struct placement *p = v->placement;

	emit_begin(w, "absences", '[');
	for (size_t i = 0; i < p->absence_count; i++) {
		const struct absence *absence = &p->absences[i];

		if (!view_entry(v, absence->entry))
			continue;
		emit_begin(w, NULL, '{');
		emit_int(w, "number", (int64_t)i + 1);
		emit_int(w, "entry", view_number(v, absence->entry));
		emit_word(w, "kind", absence_kind_names[absence->kind]);
		emit_day(w, "from", absence->from_day);
		emit_day(w, "to", absence->to_day);
		emit_rate(w, "held", absence->held_r);
		view_marks(w, v, absence->entry);
		if (absence->ended_entry)
			emit_int(w, "ended_entry", view_number(v, absence->ended_entry));
		emit_end(w, '}');
	}
	emit_end(w, ']');
}

void view_top_ups(struct writer *w, const struct viewer *v)
{
	const struct placement *p = v->placement;

	emit_begin(w, "top_ups", '[');
	for (size_t i = 0; i < p->top_up_count; i++) {
		if (!view_entry(v, p->top_ups[i].entry))
			continue;
		emit_begin(w, NULL, '{');
		emit_int(w, "entry", view_number(v, p->top_ups[i].entry));
		emit_members(w, move_schema(MOVE_SIGN_TOP_UP), p->top_ups[i].data, v->audience);
		emit_end(w, '}');
	}
	emit_end(w, ']');
}

void view_money(struct writer *w, const struct viewer *v)
{
	int32_t today = london_day(v->now_us);
	struct account_period period;

	if (account_on(w->arena, v->placement, today, &period))
		put_fee(w, v, "fee", &period);
	if (account_after(w->arena, v->placement, today, &period))
		put_fee(w, v, "fee_to_come", &period);
	put_absences(w, v);
	/* What others pay, and what was agreed until the fee is, lies between the sides. */
	if (v->audience == AUDIENCE_REPRESENTATIVE)
		return;
	put_interim(w, v);
	view_top_ups(w, v);
}
