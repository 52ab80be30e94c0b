/*
 * feed.c - what is new in an authority's log, read once for all of its streams.
 *
 * A look asks how far the logs are: at once when this daemon has appended or was hinted at
 * another's append, and several times a second in any case. What came since is walked through in
 * the log's order, which is the order of commits, and given to whoever is not behind; one that
 * takes it too slowly falls behind, and reads for itself. Entries of placements and of homes stand
 * in the one log, so that one place in it is enough to go on from. An entry that cannot be read
 * here holds its feed up for a while, in case it is a newer daemon's; then it is left out.
 *
 * The look also asks which entry is before its place: where that is another than the one it has
 * shown, or none, the database was put back meanwhile. Its streams are ended then, and whoever
 * comes again is refused a place in what was lost.
 */
#include "told/feed.h"

#include <event2/event.h>
#include <time.h>

#include "concordat/app/cloud.h"
#include "concordat/base/report.h"
#include "queries.h"

#define LOOK_EVERY_MS 300
#define CHECK_MOST_MS 5000
#define ENTRIES_MOST 40 /* at a time: the loop must turn for them to go out */
#define BROKEN_WAIT_US (30 * US_PER_SECOND)

enum head_column { AUTHORITY, SIZE, LEAF };

static void feeds_look(struct app *app);

static int64_t monotonic_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * US_PER_SECOND + now.tv_nsec / 1000;
}

/* ---- an entry that cannot be read ---- */

void broken_note(int64_t *broken_real_us)
{
	if (!*broken_real_us)
		*broken_real_us = monotonic_us();
}

bool broken_had_its_time(int64_t broken_real_us)
{
	return broken_real_us && monotonic_us() - broken_real_us > BROKEN_WAIT_US;
}

/* ---- one entry ---- */

/* Whose part is over hears of its end and of nothing else. */
static bool is_over_for(const struct party *party, const struct fact *fact)
{
	return party_reads_no_more(party) && fact->seq != party->until_entry;
}

static bool event_of(struct app *app, struct arena *arena, struct uuid organisation,
		     const struct walked *entry, struct cloud_event *out)
{
	const struct party *party;

	if (entry->home)
		return cloud_event_of_home(app, arena, entry->home, entry->home_fact, organisation,
					   entry->traceparent, out);
	party = placement_party(entry->placement, organisation);
	return party && !is_over_for(party, entry->fact) &&
	       cloud_event_of_fact(app, arena, entry->placement, entry->fact, party,
				   entry->traceparent, out);
}

struct text feed_event(struct app *app, struct arena *arena, struct uuid organisation,
		       const struct walked *entry)
{
	struct cloud_event event;
	struct text cursor;
	struct writer w;

	if (!event_of(app, arena, organisation, entry, &event))
		return TEXT_NONE;
	cursor = cursor_seal(app, arena, event.authority, organisation,
			     (struct place){entry->index + 1, entry->leaf});
	writer_init(&w, arena);
	cloud_event_write(&w, &event);
	return text_printf(arena, "id: %.*s\nevent: %.*s\ndata: %.*s\n\n", TEXT_FMT(cursor),
			   TEXT_FMT(event.kind), TEXT_FMT(writer_text(&w)));
}

/* Who asked for one placement hears of nothing else. */
static bool wants(const struct stream *stream, const struct walked *entry)
{
	return !stream->behind && stream->next <= entry->index &&
	       (uuid_is_zero(stream->placement) ||
		(entry->placement && uuid_eq(stream->placement, entry->placement->id)));
}

static void give(struct readership *readers, struct arena *arena, const struct walked *entry)
{
	struct text event = TEXT_NONE;
	struct stream *stream, *next;

	for (stream = TAILQ_FIRST(&readers->streams); stream; stream = next) {
		next = TAILQ_NEXT(stream, reader);
		if (!wants(stream, entry))
			continue;
		if (!event.at)
			event = feed_event(stream->app, arena, readers->organisation, entry);
		if (!event.at)
			return;
		if (stream->answer.calls->unsent(stream->answer.outlet) + event.len > UNSENT_MOST) {
			stream->behind = true; /* it reads on once that is out */
			stream->next = entry->index;
			continue;
		}
		(void)stream_write(stream, event);
	}
}

static bool on_entry(struct walk *walk, const struct walked *entry)
{
	struct feed *feed = walk->context;
	struct readership *readers;

	TAILQ_FOREACH(readers, &feed->readerships, entry)
		give(readers, walk->arena, entry);
	feed->next = entry->index + 1;
	feed->leaf = entry->leaf;
	return true;
}

/* ---- reading what is new ---- */

static void on_walked(struct walk *walk, enum walk_end end)
{
	struct feed *feed = walk->context;

	feed->next = end == WALK_WHOLE ? walk->to : walk->at;
	if (end == WALK_WHOLE && walk->rows->count)
		feed->leaf = walk->leaf;
	if (end == WALK_AWAY)
		feed->app->feeds->sure = false;
	if (end == WALK_BROKEN)
		broken_note(&feed->broken_real_us);
	if (end == WALK_WHOLE)
		feed->broken_real_us = 0;
	feed->walk = NULL;
	walk_free(walk);
	if (end == WALK_WHOLE)
		feeds_look(feed->app);
}

static void read_new(struct feed *feed, int64_t size)
{
	static const struct uuid service;

	if (feed->walk || size <= feed->next)
		return;
	feed->walk = walk_new(feed->app);
	feed->walk->on_entry = on_entry;
	feed->walk->on_end = on_walked;
	feed->walk->context = feed;
	feed->walk->reads_past_broken = broken_had_its_time(feed->broken_real_us);
	walk_start(feed->walk, service, feed->authority, service, feed->next, size, ENTRIES_MOST);
}

static struct feed *find(struct app *app, struct uuid authority)
{
	struct feed *feed;

	TAILQ_FOREACH(feed, &app->feeds->feeds, entry)
		if (!feed->lost && uuid_eq(feed->authority, authority))
			return feed;
	return NULL;
}

/* Whether the log goes on from where the feed was when it was asked for. */
static bool goes_on(const struct feed *feed, const struct rows *rows, size_t row)
{
	struct digest leaf;

	return !feed->asked.index ||
	       (row_digest(rows, row, LEAF, &leaf) && digest_eq(&leaf, &feed->asked.leaf));
}

static void lose(struct feed *feed)
{
	struct readership *readers;
	struct stream *stream, *next;
	char id[37];

	uuid_format(feed->authority, id);
	report(REPORT_WARNING, "app",
	       "A log has lost entries that were told of, as after a restore; its streams are "
	       "ended",
	       "authority", id, NULL);
	feed->lost = true;
	TAILQ_FOREACH(readers, &feed->readerships, entry)
		for (stream = TAILQ_FIRST(&readers->streams); stream; stream = next) {
			next = TAILQ_NEXT(stream, reader);
			stream_end(stream);
		}
}

static void on_heads(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct app *app = context;
	struct feeds *feeds = app->feeds;
	struct stream *stream;
	struct feed *feed;

	for (size_t i = 0; outcome == STORE_DONE && i < rows->count; i++) {
		feed = find(app, row_uuid(rows, i, AUTHORITY));
		if (feed && goes_on(feed, rows, i))
			read_new(feed, row_int(rows, i, SIZE, 0));
		else if (feed)
			lose(feed);
	}
	feeds->sure = outcome == STORE_DONE;
	arena_free(feeds->heads);
	feeds->heads = NULL;
	TAILQ_FOREACH(stream, &feeds->streams, entry)
		stream_catch_up(stream);
	if (feeds->again)
		feeds_look(app);
}

/* Asks how far the logs are, now or as soon as that is known. */
static void feeds_look(struct app *app)
{
	struct feeds *feeds = app->feeds;
	struct text *ids = NULL, *places = NULL;
	struct param *params;
	struct feed *feed;
	size_t count = 0, at;

	feeds->again = feeds->heads;
	if (feeds->heads || TAILQ_EMPTY(&feeds->feeds))
		return;
	feeds->heads = arena_new();
	TAILQ_FOREACH(feed, &feeds->feeds, entry) {
		if (feed->lost)
			continue;
		at = count;
		feed->asked = (struct place){feed->next, feed->leaf};
		*LIST_ADD(feeds->heads, ids, count) = uuid_text(feeds->heads, feed->authority);
		*LIST_ADD(feeds->heads, places, at) =
			text_printf(feeds->heads, "%lld", (long long)feed->next);
	}
	params = arena_array(feeds->heads, struct param, 2);
	params[0] = param_array(feeds->heads, ids, count);
	params[1] = param_array(feeds->heads, places, count);
	store_work(app->store, feeds->heads, SQL_FEED_HEADS, params, 2, on_heads, app);
}

/* ---- who takes part ---- */

static struct feed *feed_new(struct app *app, struct uuid authority, struct place head)
{
	struct arena *arena = arena_new();
	struct feed *feed = arena_make(arena, struct feed);

	feed->arena = arena;
	feed->app = app;
	feed->authority = authority;
	feed->next = head.index;
	feed->leaf = head.leaf;
	TAILQ_INIT(&feed->readerships);
	TAILQ_INSERT_TAIL(&app->feeds->feeds, feed, entry);
	return feed;
}

static struct readership *readership_of(struct feed *feed, struct uuid organisation)
{
	struct readership *readers;
	struct arena *arena;

	TAILQ_FOREACH(readers, &feed->readerships, entry)
		if (uuid_eq(readers->organisation, organisation))
			return readers;
	arena = arena_new();
	readers = arena_make(arena, struct readership);
	readers->arena = arena;
	readers->organisation = organisation;
	TAILQ_INIT(&readers->streams);
	TAILQ_INSERT_TAIL(&feed->readerships, readers, entry);
	return readers;
}

static struct timeval ms(int64_t n)
{
	return (struct timeval){n / 1000, n % 1000 * 1000};
}

static void start_timers(struct app *app)
{
	int64_t beat_ms = app->config->stream_heartbeat_ms;
	struct timeval look = ms(LOOK_EVERY_MS), beat = ms(beat_ms);
	struct timeval check = ms(beat_ms < CHECK_MOST_MS ? beat_ms : CHECK_MOST_MS);

	if (event_pending(app->feeds->look, EV_TIMEOUT, NULL))
		return;
	if (event_add(app->feeds->look, &look) || event_add(app->feeds->beat, &beat) ||
	    event_add(app->feeds->check, &check))
		report_fatal("app", "A timer could not be set; the memory may be used up.");
}

void feed_join(struct stream *stream)
{
	struct feed *feed = find(stream->app, stream->authority);

	if (!feed)
		feed = feed_new(stream->app, stream->authority, stream->head);
	stream->feed = feed;
	stream->readership = readership_of(feed, stream->caller.organisation);
	stream->behind = stream->next < feed->next;
	TAILQ_INSERT_TAIL(&stream->readership->streams, stream, reader);
	start_timers(stream->app);
	feeds_look(stream->app);
}

void feed_leave(struct stream *stream)
{
	if (stream->feed)
		TAILQ_REMOVE(&stream->readership->streams, stream, reader);
	stream->feed = NULL;
}

static void tidy(struct app *app)
{
	struct feeds *feeds = app->feeds;
	struct readership *readers, *next_readers;
	struct feed *feed, *next;

	for (feed = TAILQ_FIRST(&feeds->feeds); feed; feed = next) {
		next = TAILQ_NEXT(feed, entry);
		for (readers = TAILQ_FIRST(&feed->readerships); readers; readers = next_readers) {
			next_readers = TAILQ_NEXT(readers, entry);
			if (!TAILQ_EMPTY(&readers->streams))
				continue;
			TAILQ_REMOVE(&feed->readerships, readers, entry);
			arena_free(readers->arena);
		}
		if (!TAILQ_EMPTY(&feed->readerships) || feed->walk)
			continue;
		TAILQ_REMOVE(&feeds->feeds, feed, entry);
		arena_free(feed->arena);
	}
	if (!TAILQ_EMPTY(&feeds->feeds))
		return;
	event_del(feeds->look);
	event_del(feeds->beat);
	event_del(feeds->check);
}

/* ---- when ---- */

static void on_look(evutil_socket_t socket, short what, void *context)
{
	(void)socket;
	(void)what;
	tidy(context);
	feeds_look(context);
}

static void on_soon(evutil_socket_t socket, short what, void *context)
{
	(void)socket;
	(void)what;
	feeds_look(context);
}

static void on_beat(evutil_socket_t socket, short what, void *context)
{
	(void)socket;
	(void)what;
	streams_beat(context);
}

static void on_check(evutil_socket_t socket, short what, void *context)
{
	(void)socket;
	(void)what;
	streams_check(context);
}

void app_streams_look(struct app *app)
{
	if (!TAILQ_EMPTY(&app->feeds->feeds))
		event_active(app->feeds->soon, 0, 0);
}

void feeds_open(struct app *app)
{
	struct feeds *feeds = arena_make(app->arena, struct feeds);

	app->feeds = feeds;
	app->on_appended = app_streams_look;
	TAILQ_INIT(&feeds->feeds);
	TAILQ_INIT(&feeds->streams);
	feeds->look = event_new(app->base, -1, EV_PERSIST, on_look, app);
	feeds->soon = event_new(app->base, -1, 0, on_soon, app);
	feeds->beat = event_new(app->base, -1, EV_PERSIST, on_beat, app);
	feeds->check = event_new(app->base, -1, EV_PERSIST, on_check, app);
	if (!feeds->look || !feeds->soon || !feeds->beat || !feeds->check)
		report_fatal("app", "No event could be made for want of memory");
}

void feeds_close(struct app *app)
{
	tidy(app);
	event_free(app->feeds->look);
	event_free(app->feeds->soon);
	event_free(app->feeds->beat);
	event_free(app->feeds->check);
}
