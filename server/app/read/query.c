/*
 * query.c - one placement: as it stands, its history, and why a date is that date.
 *
 * What each look begins with is look.c's: a fresh load, and whatever fell due before now.
 */
#include <string.h>

#include "concordat/app/log.h"
#include "concordat/wire/emit.h"
#include "held/look.h"
#include "internal.h"
#include "move/homes.h"

struct shown { /* an entry of the history, in the party's own numbers */
	int64_t entry;
	struct fact *fact;
	bool sealed;	   /* only that it was received */
	struct text marks; /* members: what was said about it since */
};

/* ---- the placement ---- */

/* How far the log is that holds what was agreed. It grows by what others do and is no news of this
 * placement: the tag does not cover it. */
static struct text with_log(const struct look *look, struct text body)
{
	struct writer w;

	writer_init(&w, look->call->arena);
	writer_put(&w, (struct text){body.at, body.len - 1});
	log_head_put(&w, log_head_of(look->call->app, look->placement->authority));
	emit_end(&w, '}');
	return writer_text(&w);
}

/* Nor that another provider came to one, or goes on with it: who is out hears of nothing later. */
static bool sees_agreement(const struct look *look)
{
	const struct placement *p = look->placement;
	const struct agreement *last;

	if (!p->agreement_count)
		return false;
	last = &p->agreements[p->agreement_count - 1];
	return (look->party.side != SIDE_PROVIDER ||
		uuid_eq(placement_thread(p, last->thread)->provider, look->party.organisation)) &&
	       fact_visible(p->facts[last->entry - 1], p, &look->party);
}

static void answer_with(struct look *look, struct text home_standing)
{
	struct call *call = look->call;
	struct reply reply = {.status = 200};
	struct digest digest;

	reply.body = view_placement(call->arena, look->settings, look->placement, &look->actor,
				    &look->party, look->now_us, look->known_day,
				    look->known_day == NO_DAY ? load_worked(look->held) : NULL,
				    home_standing);
	digest = sha256(reply.body, TEXT_NONE, TEXT_NONE);
	reply.etag = text_printf(call->arena, "\"v%d-%.*s\"", look->party.version,
				 TEXT_FMT(text_hex(call->arena, digest.bytes, 16)));
	if (call_holds(call, reply.etag)) {
		reply.status = 304;
		reply.body = TEXT_NONE;
	} else if (look->known_day == NO_DAY && sees_agreement(look)) {
		reply.body = with_log(look, reply.body);
	}
	call_finish(call, &reply);
}

static void on_home(const struct home_read *read, void *context)
{
	struct look *look = context;
	struct arena *arena = look->call->arena;

	if (read->outcome != STORE_DONE)
		call_store_fault(look->call, read->outcome);
	else if (read->broken)
		look_broken(look->call);
	else
		answer_with(look, read->record ? home_standing(arena, read->record, look->now_us)
					       : TEXT_NONE);
	load_release(look->held);
}

/* With how the home stands, which is in the authority's record of it. */
static void answer_placement(struct look *look)
{
	struct viewer viewer = look_viewer(look, look->placement);
	struct uuid home = view_home_followed(&viewer);

	if (uuid_is_zero(home)) {
		answer_with(look, TEXT_NONE);
		return;
	}
	look->goes_on = true;
	load_home(look->call->app, look->call->arena, look->placement->authority, home,
		  look->now_us, on_home, look);
}

/* Of facts with a text to show, copies that may hold it; the others as they are held. */
static bool copy_placement(struct look *look)
{
	const struct placement *now = look->now;

	look->placement = placement_new(look->call->arena, now->authority, now->id);
	for (size_t i = 0; i < now->fact_count; i++) {
		const struct fact *fact = now->facts[i];
		struct fact *copy;

		if (fact_visible(fact, now, &look->party) && look_reads_texts(look, fact)) {
			fact = copy = texts_copy(look->call->arena, fact);
			texts_want(&look->texts, copy, look->audience);
		}
		if (!placement_apply(look->placement, fact))
			return false;
	}
	return true;
}

static void on_placement_loaded(const struct loaded *loaded, void *context)
{
	struct look *look = context;

	if (!look_begin(look, loaded))
		return;
	if (!copy_placement(look)) {
		look_broken(look->call);
		return;
	}
	look_answer(look, answer_placement);
}

void app_get_placement(struct call *call)
{
	look_start(call, on_placement_loaded);
}

/* ---- the history ---- */

static void put_sealed(struct writer *w, const struct shown *one)
{
	const struct fact *fact = one->fact;

	emit_begin(w, NULL, '{');
	emit_int(w, "entry", one->entry);
	emit_word(w, "kind", fact_names[fact->kind]);
	emit_begin(w, "actor", '{');
	emit_id(w, "organisation", fact->organisation);
	emit_word(w, "side", side_names[fact->side]);
	emit_end(w, '}');
	emit_bool(w, "sealed", true);
	emit_instant(w, "received_at", fact->recorded_at_us);
	emit_instant(w, "recorded_at", fact->recorded_at_us);
	emit_int(w, "round", fact->round);
	emit_int(w, "thread", fact->thread);
	emit_end(w, '}');
}

static void put_shown(struct writer *w, const struct look *look, const struct shown *one)
{
	struct writer inner;
	struct text object;

	if (one->sealed) {
		put_sealed(w, one);
		return;
	}
	writer_init(&inner, w->arena);
	fact_render(&inner, one->fact, look->audience);
	object = writer_text(&inner);
	emit_begin(w, NULL, '{');
	emit_int(w, "entry", one->entry);
	emit_json(w, NULL, one->marks);
	/* Its members, without its braces. */
	emit_json(w, NULL, (struct text){object.at + 1, object.len - 2});
	emit_end(w, '}');
}

static struct text marks_of(const struct viewer *v, struct arena *arena, const struct fact *fact)
{
	struct writer w;
	struct text object;

	writer_init(&w, arena);
	emit_begin(&w, NULL, '{');
	view_marks(&w, v, fact->seq);
	emit_end(&w, '}');
	object = writer_text(&w);
	return object.len > 2 ? (struct text){object.at + 1, object.len - 2} : TEXT_NONE;
}

/* Into look->shown, with its texts marked. */
static void show(struct look *look, const struct placement *placement, const struct fact *fact,
		 int64_t entry)
{
	const struct viewer viewer = look_viewer(look, placement);
	struct fact *copy = texts_copy(look->call->arena, fact);
	bool sealed = fact_is_sealed(fact, placement, &look->party);

	view_own_numbers(&viewer, copy);
	if (!sealed && look_reads_texts(look, fact))
		texts_want(&look->texts, copy, viewer.audience);
	*LIST_ADD(look->call->arena, look->shown, look->shown_count) =
		(struct shown){entry, copy, sealed, marks_of(&viewer, look->call->arena, fact)};
}

static void answer_history(struct look *look)
{
	struct arena *arena = look->call->arena;
	struct text last = TEXT_NONE;
	struct writer w;

	writer_init(&w, arena);
	emit_begin(&w, NULL, '[');
	for (size_t i = 0; i < look->shown_count; i++) {
		put_shown(&w, look, &look->shown[i]);
		last = text_printf(arena, "%lld", (long long)look->shown[i].entry);
	}
	emit_end(&w, ']');
	page_answer(&look->page, &w, look->more ? &last : NULL);
}

static const char *const history_filters[] = {"as_known_on", NULL};

static void on_history_loaded(const struct loaded *loaded, void *context)
{
	struct look *look = context;
	int64_t after = 0, entry = 0;
	const struct placement *placement;

	if (!look_begin(look, loaded))
		return;
	placement = look->recorded;
	if (!page_read(look->call, "facts", history_filters, 1, &look->page))
		return;
	if (look->page.has_after && (!text_to_int(look->page.after[0], &after) || after < 0)) {
		page_refuse(&look->page);
		return;
	}
	for (size_t i = 0; i < placement->fact_count && !look->more; i++) {
		if (!fact_visible(placement->facts[i], placement, &look->party) || ++entry <= after)
			continue;
		look->more = (int64_t)look->shown_count == look->page.limit;
		if (!look->more)
			show(look, placement, placement->facts[i], entry);
	}
	look_answer(look, answer_history);
}

void app_list_facts(struct call *call)
{
	look_start(call, on_history_loaded);
}

static void answer_entry(struct look *look)
{
	struct writer w;

	writer_init(&w, look->call->arena);
	put_shown(&w, look, &look->shown[0]);
	call_answer(look->call, 200, writer_text(&w));
}

static void on_entry_loaded(const struct loaded *loaded, void *context)
{
	struct look *look = context;
	int32_t entry, seq = 0;

	if (!look_begin(look, loaded))
		return;
	if (text_to_number(look->call->path_second, &entry))
		seq = party_seq(look->recorded, &look->party, entry);
	if (!seq) {
		call_not_found(look->call);
		return;
	}
	show(look, look->recorded, look->recorded->facts[seq - 1], entry);
	look_answer(look, answer_entry);
}

void app_get_fact(struct call *call)
{
	look_start(call, on_entry_loaded);
}

/* ---- one obligation ---- */

static void on_obligation_loaded(const struct loaded *loaded, void *context)
{
	struct look *look = context;
	struct call *call = look->call;
	const struct obligation *obligation;
	struct viewer viewer;
	struct writer w;

	if (!look_begin(look, loaded))
		return;
	viewer = look_viewer(look, look->now);
	obligation = view_obligation_find(&viewer, call->path_second);
	if (!obligation) {
		call_not_found(call);
		return;
	}
	writer_init(&w, call->arena);
	view_obligation_explained(&w, &viewer, obligation);
	call_answer(call, 200, writer_text(&w));
}

void app_get_obligation(struct call *call)
{
	look_start(call, on_obligation_loaded);
}
