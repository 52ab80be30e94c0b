/*
 * calendar_feed.c - calendar feeds: their addresses, and what a calendar program reads there.
 *
 * The address is a secret that stands for its user: of it only the digest is kept, and it is told
 * once, by the request that made it. What a feed shows comes from the columns that every move
 * keeps, under row-level security, by the party's own numbers; nothing that anybody typed is in it
 * but the team's name and a home's, and never a person's. An event is changed and called off as its
 * date moves; what is met stays.
 */
#include "call/identity.h"
#include "call/keyed.h"
#include "call/names.h"
#include "call/page.h"
#include "concordat/app/schemas.h"
#include "concordat/core/calendar.h"
#include "concordat/core/words.h"
#include "concordat/wire/emit.h"
#include "concordat/wire/ical.h"
#include "queries.h"
#include "read/reviews.h"

#define PAST_DAYS 90
#define EVENTS_MOST 5000
#define REFRESH_HOURS 1
#define DUE_HOUR 17

const char *const app_calendar_types[] = {ICAL_TYPE, NULL};

/* ---- made ---- */

enum made_column { MADE_AT = KEYED_OWN };

static void on_made(struct keyed *k, const struct rows *rows)
{
	const struct calendar_feed_request *asked = k->context;
	struct call *call = k->call;
	struct text url = text_url_base(text_of(app_config(call->app)->public_url));
	struct calendar_feed_row row = {
		.id = row_uuid(rows, 0, KEYED_ID),
		.user = call->caller.user,
		.organisation = call->caller.organisation,
		.scope = text_of(feed_scope_names[asked->scope]),
		.team = asked->team,
		.created_at_us = row_int(rows, 0, MADE_AT, NEVER_US),
	};

	if (k->secret.at)
		row.address = text_printf(call->arena, "%.*s/calendar/%.*s.ics", TEXT_FMT(url),
					  TEXT_FMT(k->secret));
	call_answer_struct(call, 201, &calendar_feed_row_schema, &row);
}

static void refuse_empty(struct keyed *k, const struct rows *rows)
{
	(void)rows;
	call_problem(k->call, 409, "no_dates",
		     TEXT("Your organisation takes part only by paying a share, and is told of no "
			  "dates there: the calendar would stay empty. Make one once it has "
			  "another part in a placement."));
}

/* False when the call has been answered. */
static bool scope_check(struct call *call, const struct calendar_feed_request *asked)
{
	if (asked->scope != FEED_TEAM && asked->team.at)
		call_refuse(call, TEXT("/team"), TEXT("Name a team only with the scope team."));
	else if (asked->scope == FEED_TEAM && !asked->team.at)
		call_refuse(call, TEXT("/team"), TEXT("Say which team."));
	else if (!name_check(call, "/team", asked->team))
		return false;
	else if (asked->scope != FEED_ORGANISATION && call->caller.kind != ORGANISATION_AUTHORITY)
		call_refuse(call, TEXT("/scope"),
			    TEXT("Only an authority's placements have a case officer and a team. "
				 "Use the scope organisation."));
	else
		return true;
	return false;
}

void app_create_calendar_feed(struct call *call)
{
	struct calendar_feed_request *asked = arena_make(call->arena, struct calendar_feed_request);
	struct keyed *k = keyed_new(call, SQL_CALENDAR_CREATE, asked);

	if (!call_body(call, &calendar_feed_request_schema, asked) || !scope_check(call, asked))
		return;
	k->on_done = on_made;
	k->on_missing = refuse_empty;
	k->secret = identity_feed_secret(call->arena);
	k->params[0] = param_uuid(call->arena, uuid_new(call->received_us));
	k->params[1] = param_digest(call->arena, identity_digest(k->secret));
	k->params[2] = param_uuid(call->arena, call->caller.organisation);
	k->params[3] = PARAM(text_of(feed_scope_names[asked->scope]));
	k->params[4] = PARAM(asked->team);
	keyed_run(k, 5, "POST /v1/calendar-feeds");
}

/* ---- listed and revoked ---- */

static bool manages(const struct call *call)
{
	return access_manages(&call->caller, call->caller.organisation);
}

static void put_feed(struct page *page, struct writer *w, const struct rows *rows, size_t row)
{
	const struct calendar_feed_row feed = {
		.id = row_uuid(rows, row, 0),
		.user = row_uuid(rows, row, 1),
		.organisation = row_uuid(rows, row, 2),
		.scope = row_text(rows, row, 3),
		.team = row_text(rows, row, 4),
		.created_at_us = row_int(rows, row, 5, NEVER_US),
	};

	(void)page;
	emit_struct(w, NULL, &calendar_feed_row_schema, &feed, AUDIENCE_COMMISSIONER);
}

static void on_feeds(enum store_outcome outcome, const struct rows *rows, void *context)
{
	page_rows(context, outcome, rows, put_feed);
}

void app_list_calendar_feeds(struct call *call)
{
	static const struct uuid anybody;
	struct page *page = arena_make(call->arena, struct page);
	struct param *params = arena_array(call->arena, struct param, 4);
	struct uuid last = {0};

	if (!page_read(call, "calendar-feeds", NULL, 1, page) || !page_after_id(page, 0, &last))
		return;
	params[0] = param_uuid(call->arena, call->caller.organisation);
	params[1] = param_uuid(call->arena, manages(call) ? anybody : call->caller.user);
	params[2] = param_uuid(call->arena, last);
	params[3] = page_most(page);
	call_read(call, SQL_CALENDAR_FEEDS, params, 4, on_feeds, page);
}

static void on_revoked(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct call *call = context;

	if (!call_found(call, outcome, rows))
		return;
	if (row_bool(rows, 0, 0))
		call_answer_done(call, "revoked");
	else
		call_problem(call, 403, "forbidden",
			     TEXT("Only whose feed it is, or an administrator, revokes it."));
}

void app_revoke_calendar_feed(struct call *call)
{
	struct param *params = arena_array(call->arena, struct param, 4);
	struct uuid id;

	if (!call_id(call, &id))
		return;
	params[0] = param_uuid(call->arena, id);
	params[1] = param_uuid(call->arena, call->caller.organisation);
	params[2] = param_bool(manages(call));
	params[3] = param_uuid(call->arena, call->caller.user);
	call_work(call, SQL_CALENDAR_REVOKE, params, 4, on_revoked, call);
}

/* ---- shown ---- */

enum column {
	ENTRY,
	N,
	ABOUT, /* what it is due on, by ids */
	TITLE, /* the same for people: a placement's reference, or a home's name */
	LINK,
	DUTY,
	OWED_BY,
	IS_OWN,
	DUE_AT,
	KNOWN_AT,
	CANCELLED,
	CHANGES
};
enum feed_column { SCOPE, TEAM };

/* Who owes it, and what; or what runs out for both sides. */
static struct text summary_of(struct arena *arena, const struct rows *rows, size_t i,
			      enum duty duty)
{
	struct text title = row_text(rows, i, TITLE), side = row_text(rows, i, OWED_BY);

	if (text_is(side, side_names[SIDE_EITHER]))
		return text_printf(arena, "%.*s: %s runs out", TEXT_FMT(title),
				   duty_words[duty].expires);
	if (row_bool(rows, i, IS_OWN))
		return text_printf(arena, "%.*s: %s", TEXT_FMT(title), duty_words[duty].action);
	return text_printf(arena, "%.*s: the %.*s is to %s", TEXT_FMT(title), TEXT_FMT(side),
			   duty_words[duty].action);
}

static void put_event(struct writer *w, const struct ical_calendar *calendar,
		      const struct rows *rows, size_t i)
{
	int32_t duty = enum_parse(duty_names, row_text(rows, i, DUTY));
	int64_t due_us = row_int(rows, i, DUE_AT, NEVER_US);
	int32_t day = london_day(due_us);
	bool is_cancelled = row_bool(rows, i, CANCELLED);

	if (duty == NO_ENUM)
		return; /* of a newer daemon */
	ical_event(w, calendar,
		   &(struct ical_event){
			   .uid = text_printf(w->arena, "%.*s.%lld.%lld",
					      TEXT_FMT(row_text(rows, i, ABOUT)),
					      (long long)row_int(rows, i, ENTRY, 0),
					      (long long)row_int(rows, i, N, 0)),
			   .sequence = row_int(rows, i, CHANGES, 0),
			   .changed_us = row_int(rows, i, KNOWN_AT, 0),
			   .day = day,
			   .at_us = due_us == london_instant(day, DUE_HOUR, 0) ? NEVER_US : due_us,
			   .summary = summary_of(w->arena, rows, i, (enum duty)duty),
			   .description = text_printf(w->arena,
						      is_cancelled ? "No longer due %.*s."
								   : "By %.*s, London time.",
						      TEXT_FMT(instant_words(w->arena, due_us))),
			   .link = row_text(rows, i, LINK),
			   .category = review_kind_of(row_text(rows, i, DUTY)) ? "Review"
									       : "Action due",
			   .is_cancelled = is_cancelled,
		   });
}

struct showing {
	struct call *call;
	struct text name;
};

static void answer_calendar(struct call *call, struct text body)
{
	struct digest digest = sha256(body, TEXT_NONE, TEXT_NONE);
	struct reply reply = {
		.status = 200,
		.content_type = ICAL_TYPE "; charset=utf-8",
		.etag = text_printf(call->arena, "\"%.*s\"",
				    TEXT_FMT(text_hex(call->arena, digest.bytes, 16))),
		.body = body,
	};

	call_finish_tagged(call, &reply);
}

static void on_events(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct showing *s = context;
	const struct ical_calendar calendar = {
		.name = s->name,
		.public_url = text_of(app_config(s->call->app)->public_url),
		.refresh_hours = REFRESH_HOURS,
	};
	struct writer w;

	if (outcome != STORE_DONE) {
		call_store_fault(s->call, outcome);
		return;
	}
	writer_init(&w, s->call->arena);
	ical_begin(&w, &calendar);
	for (size_t i = 0; i < rows->count; i++)
		put_event(&w, &calendar, rows, i);
	ical_end(&w);
	answer_calendar(s->call, writer_text(&w));
}

static struct text name_of(struct arena *arena, const struct rows *rows)
{
	struct text scope = row_text(rows, 0, SCOPE);

	if (text_is(scope, feed_scope_names[FEED_TEAM]))
		return text_printf(arena, "Concordat: team %.*s",
				   TEXT_FMT(row_text(rows, 0, TEAM)));
	return text_is(scope, feed_scope_names[FEED_USER]) ? TEXT("Concordat: my placements")
							   : TEXT("Concordat: all placements");
}

static void on_feed(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct showing *s = context;
	struct arena *arena = s->call->arena;
	struct param *params = arena_array(arena, struct param, 5);
	int64_t now_us = app_now_us(s->call->app);

	if (!call_found(s->call, outcome, rows))
		return;
	s->name = name_of(arena, rows);
	params[0] = param_uuid(arena, s->call->caller.token);
	params[1] = param_instant(arena, london_instant(london_day(now_us) - PAST_DAYS, 0, 0));
	params[2] = review_duties(arena);
	params[3] = param_int(arena, EVENTS_MOST);
	params[4] = param_instant(arena, now_us);
	call_read(s->call, SQL_CALENDAR_EVENTS, params, 5, on_events, s);
}

void app_get_calendar(struct call *call)
{
	struct showing *s = arena_make(call->arena, struct showing);
	struct param *param = arena_make(call->arena, struct param);

	s->call = call;
	*param = param_uuid(call->arena, call->caller.token);
	call_read(call, SQL_CALENDAR_FEED, param, 1, on_feed, s);
}
