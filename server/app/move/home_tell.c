/*
 * home_tell.c - what falls due in the records of a home, and one authority's flag told to others.
 *
 * One entry at a time, each made from all that is known of the home. Who looks at the home or moves
 * in it goes on by the same, and so does whoever follows what its records say: nothing waits for
 * somebody to look. Twice does nothing, for a record says what it was told.
 */
#include <openssl/crypto.h>

#include "internal.h"
#include "move/homes.h"
#include "queries.h"

#include "concordat/base/report.h"

/* ---- one entry ---- */

static bool says_freely(const struct home_data *data)
{
	return data->detail.text.at || data->answer.text.at || data->plan.text.at ||
	       data->help.text.at;
}

/* Its texts, and the record's key where this is the first of them. */
static bool seal_texts(struct app *app, struct arena *arena, const struct home_known *known,
		       struct home_fact *fact, struct append *append)
{
	struct uuid home = known->record->home;
	struct person_key key = known->key;
	struct list texts;

	append->person = home;
	if (!says_freely(&fact->data))
		return true;
	if (known->has_key && !key.present)
		return false;
	if (!known->has_key)
		append->new_person_key = person_key_new(app, arena, known->authority, home, &key);
	texts = personal_seal_data(app, arena, &key, known->authority, home, fact->seq,
				   &home_data_schema, &fact->data);
	append->texts = texts.items;
	append->text_count = texts.count;
	OPENSSL_cleanse(&key, sizeof(key));
	return true;
}

bool home_entry_make(struct app *app, struct arena *arena, const struct home_loaded *loaded,
		     const struct home_known *known, struct home_fact *fact, struct append *append)
{
	const struct authority_settings *adopted = reference_held(app, known->authority);
	struct append sealed = {0};

	if (!adopted || !seal_texts(app, arena, known, fact, &sealed) ||
	    !home_effect_make(arena, &adopted->world, known->record, fact,
			      loaded->home.organisation, append))
		return false;
	append->person = sealed.person;
	append->new_person_key = sealed.new_person_key;
	append->texts = sealed.texts;
	append->text_count = sealed.text_count;
	return true;
}

int64_t home_instant(const struct home_record *record, int64_t at_us)
{
	return at_us > record->recorded_at_us ? at_us : record->recorded_at_us + 1;
}

/* What is due in it first, then what it is to know of another's. */
static bool next_in(struct app *app, struct arena *arena, const struct home_loaded *loaded,
		    const struct home_known *to, struct append *append)
{
	const struct authority_settings *adopted = reference_held(app, to->authority);
	int64_t now_us = home_instant(to->record, app_now_us(app));
	struct home_world world;
	struct home_fact *fact;

	if (!adopted)
		return false;
	world = home_world_of(adopted, to, now_us);
	fact = home_due(arena, &world, to->record, now_us);
	if (fact)
		return home_entry_make(app, arena, loaded, to, fact, append);
	for (size_t i = 0; i < loaded->known_count; i++) {
		const struct home_record *from = loaded->known[i].record;

		if (from == to->record)
			continue;
		fact = home_untold(arena, &world, to->record, from, now_us);
		if (fact && home_entry_make(app, arena, loaded, to, fact, append))
			return true;
	}
	return false;
}

bool home_tell_next(struct app *app, struct arena *arena, const struct home_loaded *loaded,
		    struct append *append)
{
	for (size_t i = 0; i < loaded->known_count; i++)
		if (next_in(app, arena, loaded, &loaded->known[i], append))
			return true;
	return false;
}

/* ---- all of them, by the service itself ---- */

struct home_telling {
	struct app *app;
	struct arena *arena; /* its own */
	struct uuid home;
	void (*on_done)(enum store_outcome outcome, bool appended, void *context);
	void *context;
	struct home_loaded loaded;
	size_t asked; /* authorities whose settings were asked for */
	struct append append;
	bool appended;
	int rounds;
};

static void go_round(struct home_telling *t);
static void ask_settings(struct home_telling *t);

static void telling_end(struct home_telling *t, enum store_outcome outcome)
{
	struct arena *arena = t->arena;

	for (size_t i = 0; i < t->loaded.known_count; i++)
		OPENSSL_cleanse(&t->loaded.known[i].key, sizeof(t->loaded.known[i].key));
	t->on_done(outcome, t->appended, t->context);
	arena_free(arena);
}

static void on_appended(enum store_outcome outcome, int64_t first_leaf_index, void *context)
{
	struct home_telling *t = context;

	(void)first_leaf_index;
	t->appended |= outcome == STORE_DONE;
	if ((outcome == STORE_DONE || outcome == STORE_MOVED_ON) && ++t->rounds < HOME_ROUNDS_MOST)
		go_round(t);
	else
		telling_end(t, outcome == STORE_DONE ? STORE_MOVED_ON : outcome);
}

static void on_settings(enum store_outcome outcome, const struct authority_settings *adopted,
			void *context)
{
	struct home_telling *t = context;

	(void)adopted; /* one that is not known is told nothing */
	if (outcome == STORE_DONE)
		ask_settings(t);
	else
		telling_end(t, outcome);
}

static void ask_settings(struct home_telling *t)
{
	while (t->asked < t->loaded.known_count) {
		struct uuid authority = t->loaded.known[t->asked++].authority;

		if (reference_held(t->app, authority))
			continue;
		reference_authority(t->app, authority, on_settings, t);
		return;
	}
	if (home_tell_next(t->app, t->arena, &t->loaded, &t->append))
		store_append(t->app->store, &t->append, on_appended, t);
	else
		telling_end(t, STORE_DONE);
}

static void on_loaded(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct home_telling *t = context;
	struct text why = TEXT_NONE;

	if (outcome != STORE_DONE) {
		telling_end(t, outcome);
	} else if (!home_rows_take(t->app, t->arena, rows, &t->loaded, &why)) {
		report(REPORT_ERROR, "app", "A home's record cannot be folded and tells nothing",
		       "home", text_cstr(t->arena, uuid_text(t->arena, t->home)), "why",
		       text_cstr(t->arena, why), NULL);
		telling_end(t, STORE_BUG);
	} else {
		t->asked = 0;
		ask_settings(t);
	}
}

static void go_round(struct home_telling *t)
{
	struct param *params = arena_array(t->arena, struct param, 3);

	params[0] = param_uuid(t->arena, t->home);
	params[1] = params[2] = PARAM(TEXT_NONE); /* no receipt */
	store_work(t->app->store, t->arena, SQL_HOMES_LOAD, params, 3, on_loaded, t);
}

void app_tell_home(struct app *app, struct uuid home,
		   void (*on_done)(enum store_outcome outcome, bool appended, void *context),
		   void *context)
{
	struct arena *arena = arena_new();
	struct home_telling *t = arena_make(arena, struct home_telling);

	*t = (struct home_telling){
		.app = app,
		.arena = arena,
		.home = home,
		.on_done = on_done,
		.context = context,
	};
	go_round(t);
}
