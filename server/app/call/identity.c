/*
 * identity.c - whose bearer token it is, or whose calendar feed.
 *
 * A token is random, so its plain SHA-256 is what the database knows it by: nothing can be guessed
 * from the digest, and finding it needs no secret comparison. Answers are kept for five seconds at
 * most in a table of fixed size, one place for each digest; what is unknown is never kept. So a
 * token revoked through another daemon is refused everywhere within five seconds. A feed is asked
 * for seldom and never kept.
 */
#include "call/identity.h"

#include <event2/event.h>
#include <sodium.h>
#include <time.h>

#include "concordat/base/report.h"
#include "queries.h"

#define PREFIX "cnc_"
#define PREFIX_LEN (sizeof(PREFIX) - 1)
#define SECRET_BYTES 32
#define SECRET_CHARACTERS 43
#define TOKEN_LEN (PREFIX_LEN + SECRET_CHARACTERS)
#define PLACES 1024
#define KEPT_US (5 * US_PER_SECOND)

struct place {
	struct digest digest;
	struct caller caller;
	int64_t until_us; /* monotonic */
};

struct asking {
	struct app *app;
	struct digest digest;
	struct caller caller;
	bool known;
	enum store_outcome outcome;
	void (*on_caller)(enum store_outcome outcome, const struct caller *caller, void *context);
	void *context;
};

static int64_t monotonic_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * US_PER_SECOND + now.tv_nsec / 1000;
}

static struct place *place_of(struct app *app, const struct digest *digest)
{
	struct place *places = app->identity;

	if (!places)
		places = app->identity = arena_array(app->arena, struct place, PLACES);
	return &places[(digest->bytes[0] << 8 | digest->bytes[1]) % PLACES];
}

static void hand_over(struct asking *asking)
{
	asking->on_caller(asking->outcome, asking->known ? &asking->caller : NULL, asking->context);
}

static void on_next_turn(evutil_socket_t socket, short what, void *context)
{
	(void)socket;
	(void)what;
	hand_over(context);
}

/* The call must return first. */
static void hand_over_next_turn(struct asking *asking)
{
	if (event_base_once(asking->app->base, -1, EV_TIMEOUT, on_next_turn, asking, NULL) != 0)
		report_fatal("app", "No event could be made for want of memory");
}

/* "administrator,case_officer" to bits; a role this program does not know gives nothing. */
static unsigned roles_of(struct text names)
{
	unsigned roles = 0;
	size_t from = 0;

	for (size_t i = 0; i <= names.len; i++) {
		int32_t role;

		if (i < names.len && names.at[i] != ',')
			continue;
		role = enum_parse(role_names, (struct text){names.at + from, i - from});
		if (role != NO_ENUM)
			roles |= 1u << role;
		from = i + 1;
	}
	return roles;
}

/* Rows: token or feed, user, organisation, its kind, roles, microseconds left. */
static void on_row(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct asking *asking = context;
	struct place *place = place_of(asking->app, &asking->digest);
	int64_t left_us;
	int32_t kind;

	asking->outcome = outcome;
	if (outcome == STORE_DONE && rows->count == 1) {
		kind = enum_parse(organisation_kind_names, row_text(rows, 0, 3));
		asking->caller = (struct caller){
			.token = row_uuid(rows, 0, 0),
			.user = row_uuid(rows, 0, 1),
			.organisation = row_uuid(rows, 0, 2),
			.kind = (enum organisation_kind)kind,
			.roles = roles_of(row_text(rows, 0, 4)),
		};
		asking->known = kind != NO_ENUM && asking->caller.roles;
		left_us = row_int(rows, 0, 5, 0);
		if (asking->known && left_us > 0)
			*place = (struct place){
				.digest = asking->digest,
				.caller = asking->caller,
				.until_us =
					monotonic_us() + (left_us < KEPT_US ? left_us : KEPT_US),
			};
	}
	hand_over(asking);
}

static bool secret_is_shaped(struct text secret)
{
	if (secret.len != SECRET_CHARACTERS)
		return false;
	for (size_t i = 0; i < secret.len; i++) {
		char c = secret.at[i];

		if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
		      c == '-' || c == '_'))
			return false;
	}
	return true;
}

static bool token_is_shaped(struct text bearer)
{
	return bearer.len == TOKEN_LEN && text_starts(bearer, PREFIX) &&
	       secret_is_shaped((struct text){bearer.at + PREFIX_LEN, SECRET_CHARACTERS});
}

struct text identity_feed_secret(struct arena *arena)
{
	uint8_t random[SECRET_BYTES];
	char encoded[SECRET_CHARACTERS + 1];
	struct text secret;

	randombytes_buf(random, sizeof(random));
	sodium_bin2base64(encoded, sizeof(encoded), random, sizeof(random),
			  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	secret = text_printf(arena, "%s", encoded);
	sodium_memzero(random, sizeof(random));
	sodium_memzero(encoded, sizeof(encoded));
	return secret;
}

struct text identity_secret(struct arena *arena)
{
	return text_printf(arena, PREFIX "%.*s", TEXT_FMT(identity_feed_secret(arena)));
}

struct digest identity_digest(struct text secret)
{
	return sha256(secret, TEXT_NONE, TEXT_NONE);
}

void identity_forget(struct app *app, struct uuid token)
{
	struct place *places = app->identity;

	for (size_t i = 0; places && i < PLACES; i++)
		if (uuid_eq(places[i].caller.token, token))
			places[i] = (struct place){0};
}

static void look_up(struct asking *asking, struct arena *arena, const char *sql)
{
	struct param *param = arena_make(arena, struct param);

	*param = param_digest(arena, asking->digest);
	store_work(asking->app->store, arena, sql, param, 1, on_row, asking);
}

void app_identify(struct app *app, struct arena *arena, struct text bearer,
		  void (*on_caller)(enum store_outcome outcome, const struct caller *caller,
				    void *context),
		  void *context)
{
	struct asking *asking = arena_make(arena, struct asking);
	const struct place *place;

	*asking = (struct asking){
		.app = app, .outcome = STORE_DONE, .on_caller = on_caller, .context = context};
	if (!token_is_shaped(bearer)) {
		hand_over_next_turn(asking);
		return;
	}
	asking->digest = identity_digest(bearer);
	place = place_of(app, &asking->digest);
	if (place->until_us > monotonic_us() && digest_eq(&place->digest, &asking->digest)) {
		asking->caller = place->caller;
		asking->known = true;
		hand_over_next_turn(asking);
		return;
	}
	look_up(asking, arena, SQL_IDENTITY_CALLER);
}

void app_identify_feed(struct app *app, struct arena *arena, struct text secret,
		       void (*on_caller)(enum store_outcome outcome, const struct caller *caller,
					 void *context),
		       void *context)
{
	struct asking *asking = arena_make(arena, struct asking);

	*asking = (struct asking){
		.app = app, .outcome = STORE_DONE, .on_caller = on_caller, .context = context};
	if (!secret_is_shaped(secret)) {
		hand_over_next_turn(asking);
		return;
	}
	asking->digest = identity_digest(secret);
	look_up(asking, arena, SQL_IDENTITY_FEED);
}
