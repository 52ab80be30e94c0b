/* homes.h - a home with each authority's record of it, and what is said of them. */
#ifndef CONCORDAT_SERVER_APP_HOMES_H
#define CONCORDAT_SERVER_APP_HOMES_H

#include "concordat/app/parts.h"
#include "concordat/app/schemas.h"
#include "concordat/core/home.h"

struct home_known { /* by one authority */
	struct uuid authority;
	struct home_record *record; /* empty where nothing was recorded */
	size_t resident_count;	    /* placements in force there */
	bool has_key;		    /* of the record's texts; made with the first of them */
	struct person_key key;	    /* not present: destroyed */
};

struct home_loaded {
	struct receipt_row receipt;
	struct home_row home; /* a zero id: there is none */
	struct home_known *known;
	size_t known_count;
};

/* False and *why when a record cannot be folded. */
bool home_rows_take(struct app *app, struct arena *arena, const struct rows *rows,
		    struct home_loaded *loaded, struct text *why)
	__attribute__((warn_unused_result));
/* How the home stands by it, for who looks at a placement there: score, flags and what is due, none
 * of its texts. What was recorded after now_us is left out. TEXT_NONE: there is nothing. */
struct text home_standing(struct arena *arena, const struct home_record *record, int64_t now_us);
/* The fact as the one append that records it, with the actions due that it changes; what it points
 * to is in arena. False when it does not follow. Texts and the idempotency members are the
 * caller's. */
bool home_effect_make(struct arena *arena, const struct world *world,
		      const struct home_record *before, const struct home_fact *fact,
		      struct uuid provider, struct append *append)
	__attribute__((warn_unused_result));
/* The actions due that the record's last entry changed, alone: it follows from the entries. */
void home_effect_due(struct arena *arena, const struct world *world,
		     const struct home_record *after, struct uuid provider, struct append *append);
/* The authority's; an empty one is made for who has none. */
struct home_known *home_known_by(struct arena *arena, struct home_loaded *loaded,
				 struct uuid authority);
struct home_world home_world_of(const struct authority_settings *adopted,
				const struct home_known *known, int64_t now_us);

/* home_tell.c: the fact in that record as the one append, with its texts sealed; the idempotency
 * members are the caller's. False when its texts cannot be kept, for the key that would was
 * destroyed. */
bool home_entry_make(struct app *app, struct arena *arena, const struct home_loaded *loaded,
		     const struct home_known *known, struct home_fact *fact, struct append *append)
	__attribute__((warn_unused_result));
/* The next entry that time makes in any of the records: what fell due, or what an authority is to
 * know of another's flag. False: nothing is left. Then load them again, at most so often. */
#define HOME_ROUNDS_MOST 400 /* each tells one authority, or was overtaken */
bool home_tell_next(struct app *app, struct arena *arena, const struct home_loaded *loaded,
		    struct append *append) __attribute__((warn_unused_result));
/* Behind the record's last, whenever it is. */
int64_t home_instant(const struct home_record *record, int64_t at_us);

/* As this actor sees it: an authority its own record, the provider each. adopted of any that is
 * held here. */
struct text home_view(struct app *app, struct arena *arena, struct home_loaded *loaded,
		      const struct actor *actor, int64_t now_us);
/* As view_allowed_moves. */
struct text home_allowed(struct arena *arena, const struct authority_settings *adopted,
			 const struct home_known *known, const struct actor *actor, int64_t now_us);

#endif
