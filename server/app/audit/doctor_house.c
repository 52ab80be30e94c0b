/*
 * doctor_house.c - what the database holds: keys, reference data, calendars, what waits.
 */
#include "audit/doctor.h"

#include "held/reference.h"
#include "internal.h"
#include "queries.h"

#include <openssl/crypto.h>

#define US_PER_MINUTE (60 * US_PER_SECOND)
#define MONTHS_LEAST 12
#define MONTHS_BETTER 18

/* What was found about one thing that the database was asked for. */
struct look {
	struct doctor *doctor;
	struct store_session *session;
	int64_t now_us;
	bool rehearsal;
};

static bool ask(const struct look *look, const char *name, const char *sql,
		const struct param *params, size_t count, struct rows *rows)
{
	struct text why;

	if (store_session_ask(look->session, sql, params, count, rows, &why))
		return true;
	doctor_find(look->doctor, FINDING_FAIL, name, why,
		    TEXT("Ask the database's administrator; the server's own log says more."));
	return false;
}

/* "5 minutes", for people */
static struct text span_text(struct arena *arena, int64_t us)
{
	int64_t minutes = us / US_PER_MINUTE;

	if (minutes < 120)
		return text_printf(arena, "%lld minutes", (long long)minutes);
	if (minutes < 48 * 60)
		return text_printf(arena, "%lld hours", (long long)(minutes / 60));
	return text_printf(arena, "%lld days", (long long)(minutes / 1440));
}

/* ---- keys ---- */

static bool opens(struct app *app, const struct rows *rows)
{
	struct person_key key;

	for (size_t i = 0; i < rows->count; i++) {
		bool sound = person_key_unwrap(app, row_uuid(rows, i, 0), row_uuid(rows, i, 1),
					       row_text(rows, i, 2), &key);

		OPENSSL_cleanse(&key, sizeof(key));
		if (!sound)
			return false;
	}
	return true;
}

static void look_at_keys(const struct look *look)
{
	struct doctor *d = look->doctor;
	struct app app = {.config = d->config, .arena = d->arena};
	struct text why;
	struct rows rows;

	if (!keys_open(&app, d->arena, &why)) {
		doctor_find(d, FINDING_FAIL, "master_key", why,
			    TEXT("Put the key's file back from where it is kept; without it no "
				 "name or need can be read."));
		return;
	}
	if (!ask(look, "master_key", SQL_DOCTOR_KEYS, NULL, 0, &rows))
		;
	else if (!opens(&app, &rows))
		doctor_find(d, FINDING_FAIL, "master_key",
			    TEXT("It is there, and does not open a person's key in this database."),
			    TEXT("Set master_key_file to the key that this database was begun "
				 "with. Do not serve with another: what it seals is lost to the "
				 "right one."));
	else
		doctor_find(d, FINDING_OK, "master_key",
			    rows.count ? TEXT("It opens the keys of the people in the database.")
				       : TEXT("It is there; nobody is entered yet to try it on."),
			    TEXT_NONE);
	keys_close(&app);
}

/* ---- reference data ---- */

static void look_at_calendar(const struct look *look, const struct generation *g, int division,
			     bool used)
{
	static const char *const names[] = {"calendar_england_and_wales", "calendar_scotland",
					    "calendar_northern_ireland"};
	struct doctor *d = look->doctor;
	const struct calendar *c = g->calendars[division].newest;
	int32_t today = london_day(look->now_us);
	struct text found, advice = TEXT("Load a newer version of this division's bank holidays: "
					 "concordatd load-reference DIR.");

	if (!c) {
		doctor_find(d, used ? FINDING_FAIL : FINDING_WARN, names[division],
			    TEXT("None is loaded."), advice);
		return;
	}
	found = text_printf(d->arena, "Version %d reaches %.*s%s.", c->version,
			    TEXT_FMT(day_text(d->arena, c->last_day)),
			    c->last_day < day_add_months(today, CALENDAR_ALARM_MONTHS)
				    ? ", less than six months from now"
				    : "");
	if (c->last_day >= day_add_months(today, MONTHS_BETTER))
		doctor_find(d, FINDING_OK, names[division], found, TEXT_NONE);
	else if (used && c->last_day < day_add_months(today, MONTHS_LEAST))
		doctor_find(d, FINDING_FAIL, names[division], found, advice);
	else
		doctor_find(d, FINDING_WARN, names[division], found, advice);
}

static size_t count_part(const struct rows *rows, int64_t part)
{
	size_t n = 0;

	for (size_t i = 0; i < rows->count; i++)
		n += row_int(rows, i, 0, 0) == part;
	return n;
}

static bool is_used(const struct rows *rows, const char *division)
{
	for (size_t i = 0; i < rows->count; i++)
		if (row_int(rows, i, 0, 0) == REFERENCE_PART_AUTHORITY &&
		    text_is(row_text(rows, i, 3), division))
			return true;
	return false;
}

static void look_at_reference(const struct look *look)
{
	struct doctor *d = look->doctor;
	struct app app = {.config = d->config, .arena = d->arena};
	struct generation *g;
	struct rows rows;
	size_t authorities;
	struct text found;

	if (!ask(look, "reference", SQL_REFERENCE_ALL, NULL, 0, &rows))
		return;
	g = generation_build(&app, &rows);
	authorities = count_part(&rows, REFERENCE_PART_AUTHORITY);
	found = text_printf(d->arena, "%zu protocols, %zu cost models, %zu authorities.",
			    g->protocol_count, g->cost_model_count, g->authority_count);
	if (!g->protocol_count || !g->cost_model_count)
		doctor_find(d, FINDING_FAIL, "reference", found,
			    TEXT("Load what is missing: concordatd load-reference DIR."));
	else if (g->authority_count < authorities)
		doctor_find(d, FINDING_FAIL, "reference",
			    text_printf(d->arena,
					"%zu of %zu authorities cannot be served: the protocol "
					"each has adopted, or its calendar, is not loaded.",
					authorities - g->authority_count, authorities),
			    TEXT("Load what is missing: concordatd load-reference DIR."));
	else
		doctor_find(d, FINDING_OK, "reference", found, TEXT_NONE);
	for (int division = 0; division < DIVISION_COUNT; division++)
		look_at_calendar(look, g, division, is_used(&rows, division_names[division]));
	arena_free(g->arena);
}

/* ---- what waits ---- */

static void look_at_wait(struct doctor *d, const char *name, int64_t count, const char *what,
			 int64_t waited_us, int64_t patience_us, enum finding_grade grade,
			 const char *advice)
{
	struct text found;

	if (!count || waited_us <= patience_us) {
		doctor_find(d, FINDING_OK, name, TEXT("Nothing waits too long."), TEXT_NONE);
		return;
	}
	found = text_printf(d->arena, "%lld %s, the oldest for %.*s.", (long long)count, what,
			    TEXT_FMT(span_text(d->arena, waited_us)));
	doctor_find(d, grade, name, found, text_of(advice));
}

static void look_at_queues(const struct look *look)
{
	struct doctor *d = look->doctor;
	const struct param now = param_instant(d->arena, look->now_us);
	struct rows rows, clock;
	int64_t real_us, due_us, mail_us, told_us;

	if (!ask(look, "obligations", SQL_DOCTOR_QUEUES, &now, 1, &rows) ||
	    !ask(look, "deliveries", SQL_STORE_CLOCK, NULL, 0, &clock))
		return;
	real_us = row_int(&clock, 0, 0, 0);
	due_us = look->now_us - row_int(&rows, 0, 1, look->now_us);
	mail_us = real_us - row_int(&rows, 0, 3, real_us);
	told_us = look->now_us - row_int(&rows, 0, 5, look->now_us);
	look_at_wait(d, "obligations", row_int(&rows, 0, 0, 0),
		     "duties fell due and are not recorded", due_us, US_PER_MINUTE, FINDING_FAIL,
		     "Start a daemon with jobs=true; if one runs, its log names placements that "
		     "time cannot act on.");
	look_at_wait(d, "deliveries", row_int(&rows, 0, 2, 0), "messages are not sent yet", mail_us,
		     60 * US_PER_MINUTE, mail_us > US_PER_DAY ? FINDING_FAIL : FINDING_WARN,
		     "See what the mail server and the webhooks answer: GET /v1/deliveries, or "
		     "the table delivery_attempt.");
	look_at_wait(d, "log", row_int(&rows, 0, 4, 0),
		     "authorities have entries that nobody has been told of", told_us,
		     US_PER_MINUTE, FINDING_FAIL,
		     "Start a daemon with jobs=true; if one runs, its log names the entry that "
		     "cannot be read.");
}

static void look_at_leases(const struct look *look)
{
	struct doctor *d = look->doctor;
	bool clock = look->rehearsal, deliver = false; /* rehearse moves that clock */
	struct rows rows;

	if (!ask(look, "leases", SQL_DOCTOR_LEASES, NULL, 0, &rows))
		return;
	for (size_t i = 0; i < rows.count; i++) {
		clock = clock || text_is(row_text(&rows, i, 0), "clock");
		deliver = deliver || text_is(row_text(&rows, i, 0), "deliver");
	}
	if (clock && deliver)
		doctor_find(d, FINDING_OK, "leases",
			    look->rehearsal
				    ? TEXT("A daemon tells the parties; rehearse moves the clock.")
				    : TEXT("A daemon runs the clock and tells the parties."),
			    TEXT_NONE);
	else
		doctor_find(d, FINDING_WARN, "leases",
			    clock ? TEXT("No daemon tells the parties what happens.")
				  : TEXT("No daemon runs the clock."),
			    TEXT("Start concordatd serve with jobs=true."));
}

void doctor_look_at_house(struct doctor *d, struct store_session *session, int64_t now_us,
			  bool rehearsal)
{
	const struct look look = {d, session, now_us, rehearsal};

	look_at_keys(&look);
	look_at_reference(&look);
	look_at_queues(&look);
	look_at_leases(&look);
	doctor_look_at_logs(d, session, now_us);
}
