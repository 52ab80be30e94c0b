/*
 * streams.c - one live stream: who may open it, from where it goes on, and its end.
 *
 * It begins where its reader was, and reads for itself, a little at a time as the reader takes it,
 * until it is where the feed is. Whether its token still lets anybody in is asked again and again
 * for all streams together.
 */
#include <stdlib.h>

#include "call/page.h"
#include "concordat/base/report.h"
#include "queries.h"
#include "told/feed.h"

#define RETRY_MS 2000	   /* how soon a reader that was cut off should come again */
#define ENTRIES_AT_ONCE 32 /* read by one that is behind: less than may be unsent */
#define RETRY_S 30	   /* how soon one that found no room should */
#define UNSENT_LITTLE (16 * 1024)

static bool is_open(const struct stream *stream)
{
	return stream->feed && stream->answer.outlet;
}

static void stream_free(struct stream *stream)
{
	struct feeds *feeds = stream->app->feeds;

	if (stream->walk)
		walk_stop(stream->walk);
	feed_leave(stream);
	TAILQ_REMOVE(&feeds->streams, stream, entry);
	feeds->count--;
	arena_free(stream->arena);
}

bool stream_write(struct stream *stream, struct text event)
{
	if (stream->answer.calls->write(stream->answer.outlet, event))
		return true;
	stream_free(stream);
	return false;
}

void stream_end(struct stream *stream)
{
	stream->answer.calls->end(stream->answer.outlet);
	stream_free(stream);
}

/* ---- behind ---- */

static bool on_entry(struct walk *walk, const struct walked *entry)
{
	struct stream *stream = walk->context;
	struct text event =
		feed_event(stream->app, walk->arena, stream->caller.organisation, entry);

	stream->next = entry->index + 1;
	return !event.at || stream_write(stream, event);
}

static void on_walked(struct walk *walk, enum walk_end end)
{
	struct stream *stream = walk->context;

	stream->walk = NULL;
	if (end == WALK_AWAY)
		stream->app->feeds->sure = false;
	if (end == WALK_BROKEN)
		broken_note(&stream->broken_real_us);
	stream->next = end == WALK_WHOLE ? walk->to : walk->at;
	walk_free(walk);
	if (end == WALK_WHOLE) /* else at the next look */
		stream_catch_up(stream);
}

void stream_catch_up(struct stream *stream)
{
	if (!is_open(stream) || !stream->behind || stream->walk || !stream->app->feeds->sure)
		return;
	stream->behind = stream->next < stream->feed->next;
	if (!stream->behind)
		stream->broken_real_us = 0;
	if (stream->broken_real_us && !broken_had_its_time(stream->broken_real_us))
		return;
	if (!stream->behind || stream->answer.calls->unsent(stream->answer.outlet) > UNSENT_LITTLE)
		return;
	stream->walk = walk_new(stream->app);
	stream->walk->on_entry = on_entry;
	stream->walk->on_end = on_walked;
	stream->walk->context = stream;
	stream->walk->reads_past_broken = stream->broken_real_us != 0; /* it has waited, once */
	walk_start(stream->walk, stream->caller.organisation, stream->authority, stream->placement,
		   stream->next, stream->feed->next, ENTRIES_AT_ONCE);
}

/* ---- its life ---- */

static void on_open(struct stream_answer *answer)
{
	struct stream *stream = (struct stream *)answer;
	struct arena *arena = arena_new();
	struct text cursor = cursor_seal(stream->app, arena, stream->authority,
					 stream->caller.organisation, stream->from);
	bool open = stream_write(
		stream, text_printf(arena, "retry: %d\nid: %.*s\n\n", RETRY_MS, TEXT_FMT(cursor)));

	arena_free(arena);
	if (!open)
		return;
	feed_join(stream);
	stream_catch_up(stream);
}

static void on_sent(struct stream_answer *answer)
{
	stream_catch_up((struct stream *)answer);
}

static void on_end(struct stream_answer *answer)
{
	stream_free((struct stream *)answer);
}

/* A reader that is where the feed is may go on from there: what it was not told of in between is
 * not gone through again. */
static struct text heartbeat(struct stream *stream, struct arena *arena)
{
	struct text cursor;

	if (stream->behind || stream->next > stream->feed->next)
		return TEXT(":\n\n");
	cursor = cursor_seal(stream->app, arena, stream->authority, stream->caller.organisation,
			     (struct place){stream->feed->next, stream->feed->leaf});
	return text_printf(arena, ":\nid: %.*s\n\n", TEXT_FMT(cursor));
}

void streams_beat(struct app *app)
{
	struct arena *arena = arena_new();
	struct stream *stream, *next;

	for (stream = TAILQ_FIRST(&app->feeds->streams); stream; stream = next) {
		next = TAILQ_NEXT(stream, entry);
		if (is_open(stream) && !stream->answer.calls->unsent(stream->answer.outlet))
			(void)stream_write(stream, heartbeat(stream, arena));
	}
	arena_free(arena);
}

/* ---- whether they are let in still ---- */

static int by_id(const void *a, const void *b)
{
	return uuid_compare(*(const struct uuid *)a, *(const struct uuid *)b);
}

static void on_tokens(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct app *app = context;
	struct feeds *feeds = app->feeds;
	struct uuid *good = arena_array(feeds->tokens, struct uuid, rows ? rows->count : 0);
	struct stream *stream, *next;

	for (size_t i = 0; outcome == STORE_DONE && i < rows->count; i++)
		good[i] = row_uuid(rows, i, 0);
	if (outcome == STORE_DONE && rows->count)
		qsort(good, rows->count, sizeof(*good), by_id);
	for (stream = TAILQ_FIRST(&feeds->streams); outcome == STORE_DONE && stream;
	     stream = next) {
		next = TAILQ_NEXT(stream, entry);
		if (!is_open(stream) || !stream->checked ||
		    bsearch(&stream->caller.token, good, rows->count, sizeof(*good), by_id))
			continue;
		stream_end(stream);
	}
	arena_free(feeds->tokens);
	feeds->tokens = NULL;
}

void streams_check(struct app *app)
{
	struct feeds *feeds = app->feeds;
	struct text *ids = NULL;
	struct param *param;
	struct stream *stream;
	struct uuid last = {0};
	size_t count = 0;

	if (feeds->tokens)
		return;
	feeds->tokens = arena_new();
	TAILQ_FOREACH(stream, &feeds->streams, entry) {
		stream->checked = is_open(stream);
		if (!stream->checked || uuid_eq(stream->caller.token, last))
			continue;
		last = stream->caller.token;
		*LIST_ADD(feeds->tokens, ids, count) = uuid_text(feeds->tokens, last);
	}
	param = arena_make(feeds->tokens, struct param);
	*param = param_array(feeds->tokens, ids, count);
	store_work(app->store, feeds->tokens, SQL_FEED_TOKENS, param, 1, on_tokens, app);
}

/* ---- opening one ---- */

static int64_t count_of(const struct feeds *feeds, struct uuid organisation)
{
	const struct stream *stream;
	int64_t count = 0;

	TAILQ_FOREACH(stream, &feeds->streams, entry)
		count += uuid_eq(stream->caller.organisation, organisation);
	return count;
}

/* False when the call has been answered. */
static bool is_room(struct call *call)
{
	const struct config *config = app_config(call->app);
	const struct feeds *feeds = call->app->feeds;

	if (count_of(feeds, call->caller.organisation) >= config->streams_each)
		call_problem_later(call, 429, "streams_full",
				   TEXT("Your organisation has as many streams open as it may. "
					"Close one, or read several placements by one stream."),
				   RETRY_S);
	else if (feeds->count >= config->streams_most)
		call_problem_later(call, 503, "streams_full",
				   TEXT("The service has as many streams open as it may. Try again "
					"later, or ask for the placements instead."),
				   RETRY_S);
	else
		return true;
	return false;
}

static void refuse_cursor(struct stream *stream)
{
	struct call *call = stream->call;

	stream_free(stream);
	call_problem(
		call, 400, "cursor",
		TEXT("There is no going on from this Last-Event-ID here: it is not one of this "
		     "stream, or the service has lost what followed. Begin without it, and "
		     "look at the placements for what happened meanwhile."));
}

/* Where it says that it goes on; false when the call has been answered. */
static bool take_place(struct stream *stream)
{
	struct text cursor = stream->call->last_event;

	if (!cursor.len)
		cursor = stream->call->query(stream->call, "after");
	stream->from = stream->head;
	if (!cursor.len)
		return true;
	if (text_is(cursor, "beginning")) {
		stream->from = (struct place){0};
		return true;
	}
	stream->goes_on = true;
	if (cursor_open(stream->app, cursor, stream->authority, stream->caller.organisation,
			&stream->from) &&
	    stream->from.index <= stream->head.index)
		return true;
	refuse_cursor(stream);
	return false;
}

/* Fewer entries than were there, and then others in their place, are known by the hash. */
static void on_leaves(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct stream *stream = context;
	struct call *call = stream->call;
	struct digest leaf = {0};
	bool is_there;

	if (outcome != STORE_DONE) {
		stream_free(stream);
		call_store_fault(call, outcome);
		return;
	}
	if (!row_digest(rows, 0, 0, &stream->head.leaf))
		stream->head.leaf = (struct digest){0};
	is_there = !stream->from.index || row_digest(rows, 0, 1, &leaf);
	if (stream->goes_on && !(is_there && place_follows(&stream->from, &leaf))) {
		refuse_cursor(stream);
		return;
	}
	stream->from.leaf = leaf;
	stream->next = stream->from.index;
	stream->call = NULL;
	call_finish(call, &(struct reply){.status = 200, .stream = &stream->answer});
}

/* By the service itself: the entry before may be one that the reader may not see. */
static void find_leaves(struct stream *stream)
{
	struct call *call = stream->call;
	struct param *params = arena_array(call->arena, struct param, 3);

	params[0] = param_uuid(call->arena, stream->authority);
	params[1] = param_int(call->arena, stream->head.index - 1);
	params[2] = param_int(call->arena, stream->from.index - 1);
	store_work(stream->app->store, call->arena, SQL_FEED_LEAVES, params, 3, on_leaves, stream);
}

static void on_head(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct stream *stream = context;
	struct call *call = stream->call;

	if (outcome != STORE_DONE || !rows->count) {
		stream_free(stream);
		if (outcome != STORE_DONE)
			call_store_fault(call, outcome);
		else
			call_not_found(call);
		return;
	}
	stream->head.index = row_int(rows, 0, 0, 0);
	if (take_place(stream))
		find_leaves(stream);
}

static void find_head(struct stream *stream)
{
	struct call *call = stream->call;
	struct param *params = arena_array(call->arena, struct param, 2);

	params[0] = param_uuid(call->arena, stream->caller.organisation);
	params[1] = param_uuid(call->arena, stream->authority);
	store_read(stream->app->store, call->arena, stream->caller.organisation, SQL_FEED_OPEN,
		   params, 2, on_head, stream);
}

static void on_loaded(const struct loaded *loaded, void *context)
{
	struct stream *stream = context;
	struct call *call = stream->call;
	const struct party *party;
	struct actor actor;

	if (loaded->outcome == STORE_DONE &&
	    access_actor(loaded->placement, &stream->caller, &actor, &party)) {
		stream->authority = loaded->placement->authority;
		find_head(stream);
		return;
	}
	stream_free(stream);
	if (loaded->outcome != STORE_DONE)
		call_store_fault(call, loaded->outcome);
	else
		call_not_found(call);
}

static struct stream *stream_new(struct call *call)
{
	struct arena *arena = arena_new();
	struct stream *stream = arena_make(arena, struct stream);

	stream->answer =
		(struct stream_answer){.on_open = on_open, .on_sent = on_sent, .on_end = on_end};
	stream->app = call->app;
	stream->arena = arena;
	stream->call = call;
	stream->caller = call->caller;
	TAILQ_INSERT_TAIL(&call->app->feeds->streams, stream, entry);
	call->app->feeds->count++;
	return stream;
}

void app_stream_events(struct call *call)
{
	static const struct uuid none;
	struct uuid authority = {0}, placement = {0};
	struct stream *stream;

	if (!query_id(call, "authority", &authority) || !query_id(call, "placement", &placement))
		return;
	if (uuid_is_zero(authority) && uuid_is_zero(placement) &&
	    call->caller.kind == ORGANISATION_AUTHORITY)
		authority = call->caller.organisation;
	if (uuid_is_zero(authority) == uuid_is_zero(placement)) {
		query_refuse(call, "authority",
			     TEXT("Name the authority whose placements are to be heard of, or one "
				  "placement, and not both."));
		return;
	}
	if (!is_room(call))
		return;
	stream = stream_new(call);
	stream->authority = authority;
	stream->placement = placement;
	if (uuid_is_zero(placement))
		find_head(stream);
	else
		load_placement(call->app, call->arena, stream->caller.organisation, placement, none,
			       none, on_loaded, stream);
}
