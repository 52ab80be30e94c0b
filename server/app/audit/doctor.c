/*
 * doctor.c - the database and its server, as the three roles see them.
 */
#include "audit/doctor.h"

#include <string.h>
#include <time.h>

#include "concordat/core/calendar.h"
#include "queries.h"

#define VERSION_LEAST 150000
#define CLOCKS_APART_US (2 * US_PER_SECOND)
#define APPENDING 2
#define WORKING 1

enum server_column { VERSION_NUMBER, VERSION, FSYNC, COMMIT, FULL_PAGES, ZONE, CONNECTIONS };
enum rights_column { ROLE, ABOVE_RULES, MAY_ADD, MAY_CHANGE, ROWS_HELD, OWNS };

void doctor_find(struct doctor *doctor, enum finding_grade grade, const char *name,
		 struct text found, struct text advice)
{
	*LIST_ADD(doctor->arena, doctor->findings, doctor->finding_count) =
		(struct finding){grade, name, found, advice};
}

/* ---- the server ---- */

static void look_at_version(struct doctor *d, const struct rows *server)
{
	struct text found =
		text_printf(d->arena, "PostgreSQL %.*s.", TEXT_FMT(row_text(server, 0, VERSION)));

	if (row_int(server, 0, VERSION_NUMBER, 0) < VERSION_LEAST)
		doctor_find(d, FINDING_FAIL, "postgresql", found,
			    TEXT("Upgrade the server to PostgreSQL 15 or later."));
	else
		doctor_find(d, FINDING_OK, "postgresql", found, TEXT_NONE);
}

static void look_at_durability(struct doctor *d, const struct rows *server)
{
	struct text commit = row_text(server, 0, COMMIT);
	struct text found = text_printf(
		d->arena, "fsync is %.*s, synchronous_commit %.*s, full_page_writes %.*s.",
		TEXT_FMT(row_text(server, 0, FSYNC)), TEXT_FMT(commit),
		TEXT_FMT(row_text(server, 0, FULL_PAGES)));

	if (text_is(row_text(server, 0, FSYNC), "on") && !text_is(commit, "off") &&
	    text_is(row_text(server, 0, FULL_PAGES), "on"))
		doctor_find(d, FINDING_OK, "durability", found, TEXT_NONE);
	else
		doctor_find(d, FINDING_FAIL, "durability", found,
			    TEXT("What was answered as recorded could be lost in a crash. Set all "
				 "three to on in postgresql.conf and reload the server."));
}

static void look_at_connections(struct doctor *d, const struct rows *server)
{
	int64_t offered = row_int(server, 0, CONNECTIONS, 0);
	int64_t needed = APPENDING + WORKING + d->config->readers;
	struct text found = text_printf(
		d->arena, "The server offers %lld connections, and each daemon keeps %lld open.",
		(long long)offered, (long long)needed);
	struct text advice = text_printf(
		d->arena,
		"Raise max_connections in postgresql.conf to %lld at least, so that a second "
		"daemon and the commands fit, or lower readers.",
		(long long)(2 * needed + 6));

	if (offered < needed)
		doctor_find(d, FINDING_FAIL, "connections", found, advice);
	else if (offered < 2 * needed)
		doctor_find(d, FINDING_WARN, "connections", found, advice);
	else
		doctor_find(d, FINDING_OK, "connections", found, TEXT_NONE);
}

/* Our sessions ask for UTC; something in between may swallow that. */
static void look_at_zone(struct doctor *d, const struct rows *server)
{
	struct text zone = row_text(server, 0, ZONE);

	if (text_is(zone, "UTC"))
		doctor_find(d, FINDING_OK, "time_zone", TEXT("Sessions run in UTC."), TEXT_NONE);
	else
		doctor_find(d, FINDING_FAIL, "time_zone",
			    text_printf(d->arena, "Sessions run in %.*s, though UTC was asked for.",
					TEXT_FMT(zone)),
			    TEXT("Connect to PostgreSQL itself, or let the pooler in between pass "
				 "the options parameter on."));
}

static int64_t wall_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * US_PER_SECOND + now.tv_nsec / 1000;
}

static void look_at_clock(struct doctor *d, int64_t asked_us, int64_t server_us)
{
	int64_t apart_us = asked_us + (wall_us() - asked_us) / 2 - server_us;
	int64_t size_us = apart_us < 0 ? -apart_us : apart_us;
	struct text found = text_printf(
		d->arena, "This machine's clock is %lld.%03lld s %s the database's.",
		(long long)(size_us / US_PER_SECOND), (long long)(size_us % US_PER_SECOND / 1000),
		apart_us < 0 ? "behind" : "ahead of");

	if (size_us > CLOCKS_APART_US)
		doctor_find(d, FINDING_FAIL, "clock", found,
			    TEXT("Time stands still beyond 2 s: nothing falls due. Set both "
				 "machines' clocks by NTP (chrony or systemd-timesyncd)."));
	else if (size_us > CLOCKS_APART_US / 4)
		doctor_find(d, FINDING_WARN, "clock", found,
			    TEXT("Beyond 2 s nothing falls due. See whether NTP runs on both "
				 "machines."));
	else
		doctor_find(d, FINDING_OK, "clock", found, TEXT_NONE);
}

/* ---- the roles ---- */

static const struct {
	const char *reached, *rights, *setting;
} roles[] = {
	[STORE_SERVICE] = {"database", "rights", "database"},
	[STORE_READER] = {"database_reader", "rights_reader", "database_reader"},
	[STORE_OWNER] = {"database_owner", "rights_owner", "database_owner"},
};

/* NULL when the role's rights are as they must be. */
static const char *wrong_of(enum store_role role, const struct rows *rights)
{
	bool above = row_bool(rights, 0, ABOVE_RULES), adds = row_bool(rights, 0, MAY_ADD);

	switch (role) {
	case STORE_SERVICE:
		return above || row_bool(rights, 0, MAY_CHANGE)
			       ? "could change facts that are recorded"
		       : !adds ? "may not record facts"
			       : NULL;
	case STORE_READER:
		return above || !row_bool(rights, 0, ROWS_HELD)
			       ? "is not held to one organisation by row-level security"
		       : adds ? "could record facts, though it should only read"
			      : NULL;
	case STORE_OWNER:
		return row_bool(rights, 0, OWNS) ? NULL : "does not own the schema";
	}
	return NULL;
}

static void look_at_rights(struct doctor *d, enum store_role role, struct store_session *session)
{
	struct text why;
	struct rows rights;
	const char *wrong;

	if (!store_session_ask(session, SQL_DOCTOR_RIGHTS, NULL, 0, &rights, &why)) {
		doctor_find(d, FINDING_FAIL, roles[role].rights, why,
			    TEXT("Ask the database's administrator."));
		return;
	}
	if (!rights.count)
		return; /* no schema yet, which is said elsewhere */
	wrong = wrong_of(role, &rights);
	if (wrong)
		doctor_find(d, FINDING_FAIL, roles[role].rights,
			    text_printf(d->arena, "The role %.*s %s.",
					TEXT_FMT(row_text(&rights, 0, ROLE)), wrong),
			    text_printf(d->arena,
					"Name the right role in the setting %s: see "
					"migrations/roles.sql.",
					roles[role].setting));
	else
		doctor_find(d, FINDING_OK, roles[role].rights,
			    text_printf(d->arena, "The role %.*s may do what it must, and no more.",
					TEXT_FMT(row_text(&rights, 0, ROLE))),
			    TEXT_NONE);
}

static struct store_session *reach(struct doctor *d, enum store_role role)
{
	struct text why;
	struct store_session *session = store_session_open(d->config, d->arena, role, &why);

	if (session)
		doctor_find(d, FINDING_OK, roles[role].reached, TEXT("It can be reached."),
			    TEXT_NONE);
	else
		doctor_find(d, FINDING_FAIL, roles[role].reached,
			    text_printf(d->arena, "It %.*s.", TEXT_FMT(why)),
			    text_printf(d->arena, "Start PostgreSQL, or put the setting %s right.",
					roles[role].setting));
	return session;
}

static void look_as(struct doctor *d, enum store_role role, const char *conninfo)
{
	struct store_session *session;

	if (!strcmp(conninfo, d->config->database)) {
		doctor_find(d, role == STORE_READER ? FINDING_WARN : FINDING_OK,
			    roles[role].reached, TEXT("It is not set, or the same as database."),
			    role == STORE_READER
				    ? TEXT("Give it the role concordat_reader, so that reads are "
					   "held to one organisation.")
				    : TEXT_NONE);
		return;
	}
	session = reach(d, role);
	if (session)
		look_at_rights(d, role, session);
	store_session_close(session);
}

/* ---- all of it ---- */

static void look_inside(struct doctor *d, struct store_session *session)
{
	int64_t asked_us;
	struct text why;
	struct rows clock;

	if (!store_session_fits(session, &why)) {
		doctor_find(
			d, FINDING_FAIL, "schema",
			text_printf(d->arena, "It does not fit: %.*s.", TEXT_FMT(why)),
			TEXT("Run concordatd migrate, or the newer concordatd when the database "
			     "is ahead; then doctor again, for the rest was not looked at."));
		return;
	}
	doctor_find(
		d, FINDING_OK, "schema",
		text_printf(d->arena, "Version %d, as this program needs.", store_schema_wanted()),
		TEXT_NONE);
	asked_us = wall_us();
	if (!store_session_ask(session, SQL_STORE_CLOCK, NULL, 0, &clock, &why)) {
		doctor_find(d, FINDING_FAIL, "clock", why,
			    TEXT("Ask the database's administrator."));
		return;
	}
	look_at_clock(d, asked_us, row_int(&clock, 0, 0, 0));
	doctor_look_at_house(d, session, row_int(&clock, 0, 1, row_int(&clock, 0, 0, 0)),
			     !row_is_null(&clock, 0, 1));
}

void doctor_look_at_database(struct doctor *d)
{
	struct store_session *session = reach(d, STORE_SERVICE);
	struct rows server;
	struct text why;

	if (!session)
		return;
	if (store_session_ask(session, SQL_DOCTOR_SERVER, NULL, 0, &server, &why)) {
		look_at_version(d, &server);
		look_at_durability(d, &server);
		look_at_connections(d, &server);
		look_at_zone(d, &server);
	} else {
		doctor_find(d, FINDING_FAIL, "postgresql", why,
			    TEXT("Ask the database's administrator."));
	}
	look_at_rights(d, STORE_SERVICE, session);
	look_as(d, STORE_READER, d->config->database_reader);
	look_as(d, STORE_OWNER, d->config->database_owner);
	look_inside(d, session);
	store_session_close(session);
}
