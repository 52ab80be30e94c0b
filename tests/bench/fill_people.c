/*
 * fill_people.c - who there is: councils, providers with a home each, those who work there, tokens.
 */
#include "fill_people.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "concordat/base/sha256.h"
#include "concordat/core/calendar.h"
#include "fill_copy.h"

#define BORN_US INT64_C(1767225600000000) /* 2026-01-01: what their ids say */
#define TOKEN_US (3650 * US_PER_DAY)
#define NAME_MOST 80

struct role {
	const char *who;
	const char *roles[2];
};

static const struct role council_roles[] = {{"Case officer", {"case_officer", NULL}},
					    {"Panel member", {"panel_member", NULL}},
					    {"Signatory", {"signatory", NULL}}};
static const struct role provider_roles[] = {{"Negotiator", {"negotiator", "signatory"}}};

static struct digest digest_of(const char *what, const char *kind, int n)
{
	char name[NAME_MOST];

	snprintf(name, sizeof(name), "Concordat bench: %s of %s %d", what, kind, n);
	return sha256(text_of(name), TEXT_NONE, TEXT_NONE);
}

static struct uuid id_of(const char *what, const char *kind, int n)
{
	struct digest digest = digest_of(what, kind, n);

	return uuid_make(BORN_US, digest.bytes);
}

static void secret_of(char secret[SECRET_LEN + 1], const char *kind, int n)
{
	struct digest digest = digest_of("token", kind, n);

	memcpy(secret, "cnc_", 4);
	sodium_bin2base64(secret + 4, SECRET_LEN + 1 - 4, digest.bytes, sizeof(digest.bytes),
			  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static void know(struct people *people)
{
	for (int i = 0; i < COUNCILS; i++) {
		struct council *c = &people->councils[i];

		c->id = id_of("organisation", "council", i + 1);
		c->officer = id_of(council_roles[0].who, "council", i + 1);
		c->panel = id_of(council_roles[1].who, "council", i + 1);
		c->signatory = id_of(council_roles[2].who, "council", i + 1);
		secret_of(c->secret, "council", i + 1);
	}
	for (int i = 0; i < PROVIDERS; i++) {
		struct provider *p = &people->providers[i];

		p->id = id_of("organisation", "provider", i + 1);
		p->home = id_of("home", "provider", i + 1);
		p->negotiator = id_of(provider_roles[0].who, "provider", i + 1);
		secret_of(p->secret, "provider", i + 1);
	}
}

static struct text named(char name[NAME_MOST], const char *format, int n)
{
	snprintf(name, NAME_MOST, format, n);
	return text_of(name);
}

static void enter_organisations(const struct people *people, PGconn *connection)
{
	struct copy copy;
	char name[NAME_MOST];

	copy_begin(&copy, connection, "organisation", "id, kind, name, email");
	for (int i = 0; i < COUNCILS; i++) {
		copy_row(&copy);
		copy_uuid(&copy, people->councils[i].id);
		copy_text(&copy, TEXT("authority"));
		copy_text(&copy, named(name, "Bench council %d", i + 1));
		copy_text(&copy, named(name, "placements@council-%d.example", i + 1));
	}
	for (int i = 0; i < PROVIDERS; i++) {
		copy_row(&copy);
		copy_uuid(&copy, people->providers[i].id);
		copy_text(&copy, TEXT("provider"));
		copy_text(&copy, named(name, "Bench provider %d", i + 1));
		copy_text(&copy, named(name, "fees@provider-%d.example", i + 1));
	}
	copy_end(&copy);
}

/* An authority's log begins with it, by the trigger; where telling has got to is entered here. */
static void enter_authorities(const struct people *people, PGconn *connection)
{
	struct copy copy;

	copy_begin(&copy, connection, "authority",
		   "id, division, protocol_id, protocol_version, panel_weekday, panel_threshold_p");
	for (int i = 0; i < COUNCILS; i++) {
		copy_row(&copy);
		copy_uuid(&copy, people->councils[i].id);
		copy_text(&copy, TEXT("england-and-wales"));
		copy_text(&copy, TEXT("standard"));
		copy_int(&copy, 1);
		copy_int(&copy, WEDNESDAY);
		copy_long(&copy, 0);
	}
	copy_end(&copy);
	copy_begin(&copy, connection, "deliver_cursor", "authority_id, next_index");
	for (int i = 0; i < COUNCILS; i++) {
		copy_row(&copy);
		copy_uuid(&copy, people->councils[i].id);
		copy_long(&copy, 0);
	}
	copy_end(&copy);
}

static void enter_homes(const struct people *people, PGconn *connection)
{
	struct copy copy;
	char name[NAME_MOST];

	copy_begin(&copy, connection, "home",
		   "id, organisation_id, name, location_number, address");
	for (int i = 0; i < PROVIDERS; i++) {
		copy_row(&copy);
		copy_uuid(&copy, people->providers[i].home);
		copy_uuid(&copy, people->providers[i].id);
		copy_text(&copy, named(name, "Bench House %d", i + 1));
		copy_text(&copy, named(name, "1-9%08d", i + 1));
		copy_text(&copy, named(name, "%d Bench Lane, Northfold", i + 1));
	}
	copy_end(&copy);
}

/* What is done for each person: a row, or some, in the table being filled. */
typedef void (*person_do)(struct copy *copy, struct uuid user, struct uuid organisation,
			  const struct role *role, const char *kind, int n);

static void put_user(struct copy *copy, struct uuid user, struct uuid organisation,
		     const struct role *role, const char *kind, int n)
{
	char name[NAME_MOST];

	(void)organisation;
	copy_row(copy);
	copy_uuid(copy, user);
	snprintf(name, sizeof(name), "%s of Bench %s %d", role->who, kind, n);
	copy_text(copy, text_of(name));
	snprintf(name, sizeof(name), "%s@%s-%d.example", role->roles[0], kind, n);
	copy_text(copy, text_of(name));
}

static void put_memberships(struct copy *copy, struct uuid user, struct uuid organisation,
			    const struct role *role, const char *kind, int n)
{
	(void)kind;
	(void)n;
	for (size_t i = 0; i < 2 && role->roles[i]; i++) {
		copy_row(copy);
		copy_uuid(copy, user);
		copy_uuid(copy, organisation);
		copy_text(copy, text_of(role->roles[i]));
	}
}

static void each_person(const struct people *people, struct copy *copy, person_do put)
{
	for (int i = 0; i < COUNCILS; i++) {
		const struct council *c = &people->councils[i];

		put(copy, c->officer, c->id, &council_roles[0], "council", i + 1);
		put(copy, c->panel, c->id, &council_roles[1], "council", i + 1);
		put(copy, c->signatory, c->id, &council_roles[2], "council", i + 1);
	}
	for (int i = 0; i < PROVIDERS; i++) {
		const struct provider *p = &people->providers[i];

		put(copy, p->negotiator, p->id, &provider_roles[0], "provider", i + 1);
	}
}

static void put_token(struct copy *copy, struct uuid id, const char *secret, struct uuid user,
		      struct uuid organisation, int64_t now_us)
{
	struct digest digest = sha256(text_of(secret), TEXT_NONE, TEXT_NONE);

	copy_row(copy);
	copy_uuid(copy, id);
	copy_bytes(copy, digest.bytes, sizeof(digest.bytes));
	copy_uuid(copy, user);
	copy_uuid(copy, organisation);
	copy_text(copy, TEXT("bench"));
	copy_instant(copy, now_us + TOKEN_US);
}

static void enter_tokens(const struct people *people, PGconn *connection, int64_t now_us)
{
	struct copy copy;

	copy_begin(&copy, connection, "token",
		   "id, secret_sha256, user_id, organisation_id, label, expires_real");
	for (int i = 0; i < COUNCILS; i++) {
		const struct council *c = &people->councils[i];

		put_token(&copy, id_of("token", "council", i + 1), c->secret, c->officer, c->id,
			  now_us);
	}
	for (int i = 0; i < PROVIDERS; i++) {
		const struct provider *p = &people->providers[i];

		put_token(&copy, id_of("token", "provider", i + 1), p->secret, p->negotiator, p->id,
			  now_us);
	}
	copy_end(&copy);
}

static bool are_there(const struct people *people, PGconn *connection)
{
	char id[37];
	const char *params[] = {id};
	PGresult *result;
	bool there;

	uuid_format(people->councils[0].id, id);
	result = sql_rows(connection, "select from organisation where id = $1::uuid", 1, params);
	there = PQntuples(result) == 1;
	PQclear(result);
	return there;
}

bool people_enter(struct people *people, PGconn *connection, int64_t now_us)
{
	struct copy copy;

	know(people);
	if (are_there(people, connection))
		return false;
	sql_do(connection, "begin");
	enter_organisations(people, connection);
	enter_authorities(people, connection);
	enter_homes(people, connection);
	copy_begin(&copy, connection, "app_user", "id, name, email");
	each_person(people, &copy, put_user);
	copy_end(&copy);
	copy_begin(&copy, connection, "membership", "user_id, organisation_id, role");
	each_person(people, &copy, put_memberships);
	copy_end(&copy);
	enter_tokens(people, connection, now_us);
	sql_do(connection, "commit");
	return true;
}
