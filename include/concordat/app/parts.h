/*
 * parts.h - what the files of app share: loaded placements, reference data, keys, access.
 */
#ifndef CONCORDAT_APP_PARTS_H
#define CONCORDAT_APP_PARTS_H

#include "concordat/app/app.h"
#include "concordat/core/protocol.h"

/* ---- reference.c: calendars, protocols, cost models, authorities; held in memory ---- */

/* A division's, or an authority's own: every version that is loaded. */
struct calendars {
	const struct calendar *newest; /* NULL: none loaded */
	const struct calendar **versions;
	size_t count;
};

struct authority_settings {
	struct uuid id;
	struct text name;
	struct world world; /* new clocks go by its calendar, the newest */
	struct calendars calendars;
};

/* The calendar of that version, by which a clock that runs was set; the newest when that version
 * cannot be read. */
const struct calendar *settings_calendar(const struct authority_settings *authority,
					 int32_t version);

typedef void (*authority_found_cb)(enum store_outcome outcome,
				   const struct authority_settings *settings, void *context);
/* NULL when the authority is unknown (also after a fresh look, if the outcome is STORE_DONE; with
 * another outcome nothing could be read, and nothing is known). Reference data is refreshed when an
 * authority, model or version is not found and at most once a second otherwise never; it is
 * immutable once loaded. */
void reference_authority(struct app *app, struct uuid authority, authority_found_cb on_found,
			 void *context);
const struct cost_model *reference_cost_model(struct app *app, struct text id, struct text version);
size_t reference_cost_models(struct app *app, const struct cost_model *const **models);
/* The newest version for the division; NULL before loading. */
const struct calendar *reference_calendar(struct app *app, enum division division);
/* The newest that an authority itself counts by, its closures merged in; NULL when the authority is
 * not held. */
const struct calendar *reference_own_calendar(struct app *app, struct uuid authority);
/* The first day in which it differs from any older one that is loaded; false when there is none. */
bool reference_changed_from(struct app *app, struct uuid authority, int32_t *day);
/* Whether the newest bank holidays of a division that an authority goes by end within so many
 * months: by then newer ones should have been loaded, for dates are set that far ahead. */
#define CALENDAR_ALARM_MONTHS 6
bool reference_runs_out(const struct app *app, enum division division, int64_t now_us);
/* Another value whenever something newer is held. */
const void *reference_now(const struct app *app);
/* Loads again now; for tests and after load-reference. What was loaded elsewhere is noticed within
 * REFERENCE_WATCH_US by itself. */
#define REFERENCE_WATCH_US (2 * US_PER_SECOND)
void reference_refresh(struct app *app, void (*on_done)(void *context), void *context);

/* ---- load.c: folded placements, bounded in bytes ---- */

struct receipt_row { /* of the idempotency table */
	bool found;
	struct digest request;
	struct uuid authority, stream;
	int32_t first_seq, last_seq, version;
	int64_t recorded_at_us;
};

struct loaded {
	enum store_outcome outcome; /* STORE_DONE, or the rest is empty */
	bool broken; /* a fact could not be folded: 503 and an alarm, never a guess */
	struct receipt_row receipt;	   /* when a key was asked for */
	const struct placement *placement; /* NULL: not a party, or no such placement; valid in this
					      callback only */
	const struct authority_settings *settings; /* under the protocol the placement runs under */
	struct text wrapped_key; /* the person's, when a key was asked for; TEXT_NONE: erased */
};

/* One read: the idempotency row, whether the organisation is a party, and the facts newer than
 * those held. organisation zero: the service itself (clock). */
void load_placement(struct app *app, struct arena *arena, struct uuid organisation,
		    struct uuid placement, struct uuid key_user, struct uuid key,
		    void (*on_loaded)(const struct loaded *loaded, void *context), void *context);
/* Brings many up to date by one statement, so that what follows finds them held; at most some
 * hundred at once, within the cache's room. It promises nothing. */
void load_ahead(struct app *app, struct arena *arena, const struct uuid *placements, size_t count,
		void (*on_done)(void *context), void *context);
/* What is held, without asking the database whether it is still so; false when nothing is. For a
 * move, whose append asks that. Valid until the caller returns to the loop. */
bool load_held(struct app *app, struct uuid placement, struct loaded *held);
/* Folds what was just appended into what is held, which then needs no reading. */
void load_advance(struct app *app, const struct append *append);
void load_forget(struct app *app, struct uuid placement);

/* ---- home_load.c: an authority's record of a home ---- */

struct home_record;

struct home_read {
	enum store_outcome outcome;	  /* STORE_DONE, or the rest is empty */
	bool broken;			  /* it cannot be folded, which has been reported */
	const struct home_record *record; /* without its texts; NULL: there is no such home */
	struct uuid provider;
	struct text name;
	const struct authority_settings *settings;
};

/* As it was known then (NEVER_US: now); all of it in arena. For the service itself: who may see
 * what is asked where it is shown. */
void load_home(struct app *app, struct arena *arena, struct uuid authority, struct uuid home,
	       int64_t known_us, void (*on_loaded)(const struct home_read *read, void *context),
	       void *context);

/* Who is told of every entry of the record, on whatever channel: its authority, and who provides
 * the home now. */
#define HOME_TOLD 2
struct home_told {
	enum side side;
	struct uuid organisation;
};
void home_told(const struct home_read *read, struct home_told told[HOME_TOLD]);

/* ---- personal.c: texts about a person, under that person's key ---- */

struct person_key {
	bool present; /* false: erased */
	uint8_t bytes[32];
};

/* A new random data key, and it wrapped by the master key (AES-256-GCM; AAD = authority|person). */
struct text person_key_new(struct app *app, struct arena *arena, struct uuid authority,
			   struct uuid person, struct person_key *key);
bool person_key_unwrap(struct app *app, struct uuid authority, struct uuid person,
		       struct text wrapped, struct person_key *key)
	__attribute__((warn_unused_result));
/* Fills the digests of a fact's personal members and returns the sealed rows to append. */
struct list personal_seal(struct app *app, struct arena *arena, const struct person_key *key,
			  struct uuid authority, struct uuid stream, const struct fact *fact);
/* The same of any struct that is an entry's data. */
struct list personal_seal_data(struct app *app, struct arena *arena, const struct person_key *key,
			       struct uuid authority, struct uuid stream, int32_t seq,
			       const struct schema *schema, void *data);
/* What a text's digest is salted with; handed out only beside the text. */
struct digest personal_salt(struct arena *arena, const struct person_key *key, struct uuid stream,
			    int32_t seq, struct text field);
/* One text sealed, as personal_open opens it. */
struct text personal_seal_one(struct app *app, struct arena *arena, const struct person_key *key,
			      struct uuid authority, struct uuid stream, int32_t seq,
			      struct text field, struct text plain);
/* Opens one row into text; false when it was tampered with. */
bool personal_open(struct app *app, struct arena *arena, const struct person_key *key,
		   struct uuid authority, struct uuid stream, int32_t seq, struct text field,
		   struct text sealed, struct text *out) __attribute__((warn_unused_result));

/* A secret that is no person's, under the master key itself (AAD = what|id), so that no row can be
 * passed off as another. */
struct text secret_seal(struct app *app, struct arena *arena, const char *what, struct uuid id,
			struct text plain);
bool secret_open(struct app *app, struct arena *arena, const char *what, struct uuid id,
		 struct text sealed, struct text *out) __attribute__((warn_unused_result));

/* ---- access.c: who may see and do what ---- */

/* The caller's part in the placement: false when it has none (404), or no longer represents the
 * person. An auditor or administrator of
 * the authority reads as the commissioner does, but moves nothing. */
bool access_actor(const struct placement *placement, const struct caller *caller,
		  struct actor *actor, const struct party **party);
/* On which side of a home's records the caller stands: the home's provider, or an authority, which
 * has one of its own; false for others. */
bool access_home(struct uuid provider, const struct caller *caller, struct actor *actor);
/* Whether it is over for the party, so that the person is none of its business any more: who
 * provided the care keeps what it knew. */
bool access_is_over(const struct placement *placement, const struct party *party);
/* What the field tables let it see of the placement as it stands. */
enum audience access_audience(const struct placement *placement, const struct actor *actor,
			      const struct party *party);
bool access_is_operator(
	const struct caller *caller); /* administrator of the operator organisation */
bool access_manages(const struct caller *caller,
		    struct uuid organisation); /* its administrator, or the operator's */

/* ---- view.c ---- */

/* allowed_moves of a party: JSON array of {"move","schema","until"?}. */
struct text view_allowed_moves(struct arena *arena, const struct world *world,
			       const struct placement *placement, const struct actor *actor,
			       int64_t now_us);
/* What was worked out of a placement for one look and is the same for the next. */
struct worked {
	struct arena *arena;	 /* where it is kept */
	int32_t entry;		 /* the calculation that it is of; 0: none yet */
	struct text calculation; /* its members, line by line, as JSON */
};

/* The placement as the party sees it (texts already in the facts' personal members when they may be
 * shown). known_day: it is a view of what was known then, in which nothing can be done; NO_DAY: of
 * now. worked: what earlier looks worked out, to be used and added to; NULL: nothing is kept.
 * home_standing: how the home stands, as an object; TEXT_NONE: nothing of it is shown. */
struct text view_placement(struct arena *arena, const struct authority_settings *settings,
			   const struct placement *placement, const struct actor *actor,
			   const struct party *party, int64_t now_us, int32_t known_day,
			   struct worked *worked, struct text home_standing);

#endif
