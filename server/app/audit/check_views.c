/*
 * check_views.c - what the append left beside a ledger's entries, made again and compared.
 *
 * effect.c says what each append writes; here its rows are laid over one another as the statement
 * append does it, and so come to what must be stored.
 */
#include "audit/check.h"

#include <string.h>

struct action {
	struct append_obligation row;
	int64_t known_us;
};

struct action_was {
	struct append_obligation row;
	int64_t known_us, until_us;
};

struct views {
	struct arena *arena;
	const struct ledger *ledger;
	struct append listed; /* the columns that lists show; no stage: none were written */
	int64_t listed_us;
	struct append_party *parties;
	size_t party_count;
	struct action *owed;
	size_t owed_count;
	struct action_was *were;
	size_t was_count;
	int32_t *redacted;
	size_t redacted_count;
};

struct views *views_new(struct arena *arena, const struct ledger *ledger)
{
	struct views *v = arena_make(arena, struct views);

	v->arena = arena;
	v->ledger = ledger;
	return v;
}

/* ---- one append over those before it ---- */

static void list(struct views *v, const struct append *append)
{
	const struct append before = v->listed;

	if (!append->stage.at)
		return;
	v->listed = *append;
	v->listed_us = append->recorded_at_us;
	if (before.stage.at) { /* set once */
		v->listed.reference = before.reference;
		v->listed.opened_at_us = before.opened_at_us;
	}
}

static void join(struct views *v, const struct append_party *party)
{
	int64_t since_us;

	for (size_t i = 0; i < v->party_count; i++)
		if (uuid_eq(v->parties[i].organisation, party->organisation)) {
			since_us = v->parties[i].since_us;
			v->parties[i] = *party;
			v->parties[i].since_us = since_us;
			return;
		}
	*LIST_ADD(v->arena, v->parties, v->party_count) = *party;
}

static bool stands_as(const struct append_obligation *a, const struct append_obligation *b)
{
	return text_eq(a->owed_by, b->owed_by) && uuid_eq(a->owed_by_id, b->owed_by_id) &&
	       a->due_at_us == b->due_at_us && a->missed_at_us == b->missed_at_us &&
	       a->closed_at_us == b->closed_at_us && text_eq(a->state, b->state);
}

static struct action *find_owed(const struct views *v, int32_t seq, int32_t n)
{
	for (size_t i = 0; i < v->owed_count; i++)
		if (v->owed[i].row.seq == seq && v->owed[i].row.n == n)
			return &v->owed[i];
	return NULL;
}

static void owe_row(struct views *v, const struct append_obligation *row, int64_t now_us)
{
	struct action *o = find_owed(v, row->seq, row->n);

	if (!o) {
		*LIST_ADD(v->arena, v->owed, v->owed_count) = (struct action){*row, now_us};
		return;
	}
	if (!stands_as(&o->row, row)) {
		*LIST_ADD(v->arena, v->were, v->was_count) =
			(struct action_was){o->row, o->known_us, now_us};
		o->known_us = now_us;
	}
	o->row = *row;
}

void views_take(struct views *v, const struct append *append)
{
	list(v, append);
	for (size_t i = 0; i < append->party_count; i++)
		join(v, &append->parties[i]);
	for (size_t i = 0; i < append->obligation_count; i++)
		owe_row(v, &append->obligations[i], append->recorded_at_us);
	if (append->redacted_seq)
		*LIST_ADD(v->arena, v->redacted, v->redacted_count) = append->redacted_seq;
}

bool views_redacted(const struct views *v, int32_t seq)
{
	for (size_t i = 0; i < v->redacted_count; i++)
		if (v->redacted[i] == seq)
			return true;
	return false;
}

/* ---- against what is stored ---- */

#define W(column)                 \
	{                         \
		column, CELL_WORD \
	}
#define Z(column)                    \
	{                            \
		column, CELL_INSTANT \
	}
#define COLUMNS(table) .columns = table, .column_count = sizeof(table) / sizeof((table)[0])

static const struct check_column listed_columns[] = {
	W("reference"),
	W("person_id"),
	W("stage"),
	W("setting"),
	W("urgency"),
	W("provider_id"),
	W("home_id"),
	W("owner_id"),
	W("weekly_p"),
	W("terms_entry"),
	Z("opened_at"),
	W("team"),
	W("external_reference"),
	Z("changed_at"),
};

static void compare_listed(struct views *v, struct check *check)
{
	struct check_rows rows = {.table = CHECK_PLACEMENT, COLUMNS(listed_columns)};
	const struct append *l = &v->listed;
	struct arena *a = v->arena;

	if (l->stage.at) {
		const struct text cells[] = {
			l->reference,
			cell_id(a, l->person),
			l->stage,
			l->setting,
			l->urgency,
			cell_id(a, l->provider),
			cell_id(a, l->home),
			cell_id(a, l->owner),
			l->weekly_p < 0 ? TEXT_NONE : cell_int(a, l->weekly_p),
			cell_int_or_null(a, l->terms_entry),
			cell_instant(a, l->opened_at_us),
			l->team,
			l->external_reference,
			cell_instant(a, v->listed_us),
		};

		_Static_assert(sizeof(cells) / sizeof(cells[0]) ==
				       sizeof(listed_columns) / sizeof(listed_columns[0]),
			       "a cell each");
		memcpy(check_rows_add(a, &rows), cells, sizeof(cells));
	}
	check_rows_compare(check, a, v->ledger->id, &rows, &v->ledger->sets[SET_PLACEMENT]);
}

static const struct check_column party_columns[] = {
	W("organisation_id"), W("authority_id"), W("side"),  Z("since"),       Z("until"),
	W("version"),	      W("entries"),	 W("stage"), Z("next_due_at"), W("overdue"),
};

static void compare_parties(struct views *v, struct check *check)
{
	struct check_rows rows = {.table = CHECK_PARTY, COLUMNS(party_columns), .key_columns = 1};
	struct arena *a = v->arena;

	for (size_t i = 0; i < v->party_count; i++) {
		const struct append_party *p = &v->parties[i];
		const struct text cells[] = {
			cell_id(a, p->organisation),
			cell_id(a, v->ledger->authority),
			p->side,
			cell_instant(a, p->since_us),
			cell_instant(a, p->until_us),
			cell_int(a, p->version),
			cell_int(a, p->entries),
			p->stage,
			cell_instant(a, p->next_due_at_us),
			cell_bool(p->overdue),
		};

		_Static_assert(sizeof(cells) / sizeof(cells[0]) ==
				       sizeof(party_columns) / sizeof(party_columns[0]),
			       "a cell each");
		memcpy(check_rows_add(a, &rows), cells, sizeof(cells));
	}
	check_rows_compare(check, a, v->ledger->id, &rows, &v->ledger->sets[SET_PARTIES]);
}

static const struct check_column owed_columns[] = {
	W("seq"),
	W("n"),
	W("kind"),
	W("owed_by"),
	W("owed_by_id"),
	W("thread"),
	Z("due_at"),
	Z("missed_at"),
	W("state"),
	W("provider_entry"),
	W("commissioner_entry"),
	W("mediator_entry"),
	W("representative_entry"),
	Z("closed_at"),
	W("changed_entry"),
	Z("not_served_at"),
	Z("known_at"),
};
#define OWED_COLUMNS (sizeof(owed_columns) / sizeof(owed_columns[0]))
#define OWED_CLOSED 13
#define OWED_KNOWN 16
#define OWED_NEXT (OWED_COLUMNS + 1) /* behind the ledger's, and compared by its own rule */

/* What was not kept yet when it was so stands empty. */
static bool is_before_history(const struct views *v, int64_t at_us)
{
	return v->ledger->history_since_us != NEVER_US && at_us <= v->ledger->history_since_us;
}

static size_t stored_row(const struct slice *are, int32_t seq, int32_t n)
{
	for (size_t row = are->from; row < are->to; row++)
		if (row_int(are->rows, row, 1, 0) == seq && row_int(are->rows, row, 2, 0) == n)
			return row;
	return are->to;
}

static void compare_owed(struct views *v, struct check *check)
{
	struct check_rows rows = {
		.table = CHECK_OBLIGATION, COLUMNS(owed_columns), .key_columns = 2};
	const struct slice *are = &v->ledger->sets[SET_OBLIGATIONS];
	struct arena *a = v->arena;

	for (size_t i = 0; i < v->owed_count; i++) {
		const struct append_obligation *o = &v->owed[i].row;
		struct text cells[] = {
			cell_int(a, o->seq),
			cell_int(a, o->n),
			o->kind,
			o->owed_by,
			cell_id(a, o->owed_by_id),
			cell_int(a, o->thread),
			cell_instant(a, o->due_at_us),
			cell_instant(a, o->missed_at_us),
			o->state,
			cell_int(a, o->provider_entry),
			cell_int_or_null(a, o->commissioner_entry),
			cell_int_or_null(a, o->mediator_entry),
			cell_int_or_null(a, o->representative_entry),
			cell_instant(a, o->closed_at_us),
			cell_int(a, o->changed_entry),
			cell_instant(a, o->not_served_us),
			cell_instant(a, v->owed[i].known_us),
		};
		size_t row = stored_row(are, o->seq, o->n);

		_Static_assert(sizeof(cells) / sizeof(cells[0]) == OWED_COLUMNS, "a cell each");
		if (row < are->to && row_is_null(are->rows, row, OWED_KNOWN + 1) &&
		    is_before_history(v, v->owed[i].known_us))
			cells[OWED_KNOWN] = TEXT_NONE;
		if (row < are->to && row_is_null(are->rows, row, OWED_CLOSED + 1) &&
		    is_before_history(v, o->closed_at_us))
			cells[OWED_CLOSED] = TEXT_NONE;
		memcpy(check_rows_add(a, &rows), cells, sizeof(cells));
	}
	check_rows_compare(check, a, v->ledger->id, &rows, are);
}

static void compare_next(struct views *v, struct check *check, next_is_sound_cb next_is_sound,
			 void *context)
{
	const struct slice *are = &v->ledger->sets[SET_OBLIGATIONS];

	for (size_t i = 0; i < v->owed_count; i++) {
		const struct append_obligation *o = &v->owed[i].row;
		size_t row = stored_row(are, o->seq, o->n);
		struct text key, cell;

		if (row == are->to || next_is_sound(context, o->seq, o->n,
						    row_int(are->rows, row, OWED_NEXT, NEVER_US)))
			continue;
		key = verify_key(v->arena, v->ledger->id, 0);
		cell = cell_words(v->arena, CELL_INSTANT, row_text(are->rows, row, OWED_NEXT));
		verify_fault(
			check, CHECK_OBLIGATION,
			text_printf(v->arena, "%.*s, seq %d, n %d", TEXT_FMT(key), o->seq, o->n),
			"next_at is %.*s, when neither a reminder nor the date itself comes up.",
			TEXT_FMT(cell));
	}
}

static const struct check_column was_columns[] = {
	W("seq"),	 W("n"),      Z("until_at"),  Z("known_at"),  W("owed_by"),
	W("owed_by_id"), Z("due_at"), Z("missed_at"), Z("closed_at"), W("state"),
};
#define WAS_KNOWN 3

static void compare_were(struct views *v, struct check *check)
{
	struct check_rows rows = {
		.table = CHECK_OBLIGATION_WAS, COLUMNS(was_columns), .key_columns = 3};
	struct arena *a = v->arena;

	for (size_t i = 0; i < v->was_count; i++) {
		const struct action_was *w = &v->were[i];
		struct text cells[] = {
			cell_int(a, w->row.seq),
			cell_int(a, w->row.n),
			cell_instant(a, w->until_us),
			cell_instant(a, w->known_us),
			w->row.owed_by,
			cell_id(a, w->row.owed_by_id),
			cell_instant(a, w->row.due_at_us),
			cell_instant(a, w->row.missed_at_us),
			cell_instant(a, w->row.closed_at_us),
			w->row.state,
		};

		if (is_before_history(v, w->until_us))
			continue;
		if (is_before_history(v, w->known_us))
			cells[WAS_KNOWN] = TEXT_NONE;
		memcpy(check_rows_add(a, &rows), cells, sizeof(cells));
	}
	check_rows_compare(check, a, v->ledger->id, &rows, &v->ledger->sets[SET_WERE]);
}

void views_compare(struct views *v, struct check *check, next_is_sound_cb next_is_sound,
		   void *context)
{
	compare_listed(v, check);
	compare_parties(v, check);
	compare_owed(v, check);
	compare_next(v, check, next_is_sound, context);
	compare_were(v, check);
}
