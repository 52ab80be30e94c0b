/*
 * query.c - one placement: as it stands, its history, and why a date is that date.
 *
 * Each look begins with a fresh load, so no answer is older than the question. What is shown is the
 * placement as recorded with whatever fell due before now applied to a copy (core_settle): a look
 * never shows as open what has run out, even in the moment before the clock records it. The version
 * is the recorded one, because that is what a move's If-Match is compared with.
 */
#include <string.h>

#include "concordat/base/report.h"
#include "emit.h"
#include "page.h"
#include "texts.h"
#include "view.h"

struct look {
	struct texts texts; /* first: the callback's argument is ours */
	struct call *call;
	const struct authority_settings *settings;
	struct actor actor;
	struct party party; /* as recorded */
	int64_t now_us;
	struct placement *placement; /* our own copy, texts filled in */
	struct page page;	     /* of the history */
	struct shown *shown;
	size_t shown_count;
	bool more;
};

struct shown { /* an entry of the history */
	int64_t entry;
	struct fact *fact;
};

/* ---- what every look begins with
 * ------------------------------------------------------------------------------------------- */

static void answer_broken(struct call *call)
{
	call_problem(call, 503, "placement_unreadable",
		     TEXT("This placement cannot be read as it is recorded. It has been reported; "
			  "nothing about it is shown until it is put right."));
}

/* False when the call has been answered: the database is away, or nothing is here for the caller.
 */
static bool look_begin(struct look *look, const struct loaded *loaded)
{
	struct call *call = look->call;
	const struct party *party;

	if (loaded->outcome != STORE_DONE) {
		call_store_fault(call, loaded->outcome);
		return false;
	}
	if (loaded->broken) {
		answer_broken(call);
		return false;
	}
	if (!access_actor(loaded->placement, &call->caller, &look->actor, &party)) {
		call_not_found(call);
		return false;
	}
	look->settings = loaded->settings;
	look->party = *party;
	look->now_us = app_now_us(call->app);
	if (look->now_us <= loaded->placement->recorded_at_us)
		look->now_us = loaded->placement->recorded_at_us + 1;
	look->texts = (struct texts){
		.call = call,
		.authority = loaded->placement->authority,
		.placement = loaded->placement->id,
		.person = loaded->placement->person,
		.actor = look->actor,
	};
	return true;
}

static void look_start(struct call *call, void (*on_loaded)(const struct loaded *, void *))
{
	struct look *look = arena_make(call->arena, struct look);
	struct uuid placement;

	look->call = call;
	if (!uuid_parse(call->path_id, &placement)) {
		call_not_found(call);
		return;
	}
	load_placement(call->app, call->arena, call->caller.organisation, placement,
		       (struct uuid){0}, (struct uuid){0}, on_loaded, look);
}

static const struct placement *settled(struct look *look, const struct placement *placement)
{
	struct list facts = {0};

	return core_settle(look->call->arena, &look->settings->world, placement, look->now_us,
			   &facts);
}

/* ---- the placement
 * ------------------------------------------------------------------------------------------- */

static bool tag_matches(struct text header, struct text etag)
{
	return text_is(header, "*") ||
	       (header.at && memmem(header.at, header.len, etag.at, etag.len));
}

static void answer_placement(struct look *look)
{
	struct call *call = look->call;
	struct reply reply = {.status = 200};
	struct digest digest;

	reply.body = view_placement(call->arena, look->settings, look->placement, &look->actor,
				    &look->party, look->now_us);
	digest = sha256(reply.body, TEXT_NONE, TEXT_NONE);
	reply.etag = text_printf(call->arena, "\"v%d-%.*s\"", look->party.version,
				 TEXT_FMT(text_hex(call->arena, digest.bytes, 16)));
	if (tag_matches(call->if_none_match, reply.etag)) {
		reply.status = 304;
		reply.body = TEXT_NONE;
	}
	call_finish(call, &reply);
}

static void on_placement_texts(struct texts *texts, enum store_outcome outcome)
{
	struct look *look = (struct look *)texts;

	if (outcome != STORE_DONE)
		call_store_fault(look->call, outcome);
	else
		answer_placement(look);
}

static void on_placement_loaded(const struct loaded *loaded, void *context)
{
	struct look *look = context;
	const struct placement *now;
	enum audience audience;

	if (!look_begin(look, loaded))
		return;
	audience = access_audience(&look->actor);
	now = settled(look, loaded->placement);
	look->placement = placement_new(look->call->arena, now->authority, now->id);
	for (size_t i = 0; i < now->fact_count; i++) {
		struct fact *fact = texts_copy(look->call, now->facts[i]);

		if (!fact || !placement_apply(look->placement, fact)) {
			answer_broken(look->call);
			return;
		}
		if (fact_visible(now->facts[i], now, &look->party))
			texts_want(&look->texts, fact, audience);
	}
	look->texts.on_read = on_placement_texts;
	if (look->texts.wanted_count)
		texts_read(&look->texts);
	else
		answer_placement(look);
}

void app_get_placement(struct call *call)
{
	look_start(call, on_placement_loaded);
}

/* ---- the history
 * ------------------------------------------------------------------------------------------- */

static void on_history_texts(struct texts *texts, enum store_outcome outcome)
{
	struct look *look = (struct look *)texts;
	struct arena *arena = look->call->arena;
	struct text last = TEXT_NONE;
	struct writer w;

	if (outcome != STORE_DONE) {
		call_store_fault(look->call, outcome);
		return;
	}
	writer_init(&w, arena);
	emit_begin(&w, NULL, '[');
	for (size_t i = 0; i < look->shown_count; i++) {
		const struct shown *one = &look->shown[i];
		struct writer inner;
		struct text object;

		writer_init(&inner, arena);
		fact_render(&inner, one->fact, access_audience(&look->actor));
		object = writer_text(&inner);
		emit_begin(&w, NULL, '{');
		emit_int(&w, "entry", one->entry);
		emit_int(&w, "seq", one->fact->seq);
		/* Its members, without its braces. */
		emit_json(&w, NULL, (struct text){object.at + 1, object.len - 2});
		emit_end(&w, '}');
		last = text_printf(arena, "%lld", (long long)one->entry);
	}
	emit_end(&w, ']');
	page_answer(&look->page, &w, look->more ? &last : NULL, 1);
}

static void on_history_loaded(const struct loaded *loaded, void *context)
{
	struct look *look = context;
	int64_t after = 0, entry = 0;
	const struct placement *placement = loaded->placement;

	if (!look_begin(look, loaded))
		return;
	if (!page_read(look->call, "facts", NULL, 1, &look->page))
		return;
	if (look->page.has_after && (!text_to_int(look->page.after[0], &after) || after < 0)) {
		page_refuse(&look->page);
		return;
	}
	for (size_t i = 0; i < placement->fact_count && !look->more; i++) {
		struct fact *fact;

		if (!fact_visible(placement->facts[i], placement, &look->party) || ++entry <= after)
			continue;
		look->more = (int64_t)look->shown_count == look->page.limit;
		if (look->more)
			break;
		fact = texts_copy(look->call, placement->facts[i]);
		if (!fact) {
			answer_broken(look->call);
			return;
		}
		texts_want(&look->texts, fact, access_audience(&look->actor));
		*LIST_ADD(look->call->arena, look->shown, look->shown_count) =
			(struct shown){entry, fact};
	}
	look->texts.on_read = on_history_texts;
	if (look->texts.wanted_count)
		texts_read(&look->texts);
	else
		on_history_texts(&look->texts, STORE_DONE);
}

void app_list_facts(struct call *call)
{
	look_start(call, on_history_loaded);
}

/* ---- one obligation
 * ------------------------------------------------------------------------------------------- */

/* "12.1": the entry that opened it, and its number there. */
static bool obligation_id_parse(struct text t, int32_t *entry, int32_t *n)
{
	const char *dot = t.at ? memchr(t.at, '.', t.len) : NULL;
	int64_t first, second;

	if (!dot)
		return false;
	if (!text_to_int((struct text){t.at, (size_t)(dot - t.at)}, &first) ||
	    !text_to_int((struct text){dot + 1, t.len - (size_t)(dot - t.at) - 1}, &second))
		return false;
	if (first < 1 || first > INT32_MAX || second < 1 || second > INT32_MAX)
		return false;
	*entry = (int32_t)first;
	*n = (int32_t)second;
	return true;
}

static void on_obligation_loaded(const struct loaded *loaded, void *context)
{
	struct look *look = context;
	struct call *call = look->call;
	const struct obligation *obligation = NULL;
	struct viewer viewer;
	struct writer w;
	int32_t entry, n;

	if (!look_begin(look, loaded))
		return;
	viewer = (struct viewer){
		.settings = look->settings,
		.placement = settled(look, loaded->placement),
		.actor = &look->actor,
		.party = &look->party,
		.audience = access_audience(&look->actor),
		.now_us = look->now_us,
	};
	if (obligation_id_parse(call->path_second, &entry, &n))
		obligation = placement_obligation(viewer.placement, entry, n);
	if (!obligation || !view_sees_obligation(&viewer, obligation)) {
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
