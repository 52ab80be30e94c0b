/*
 * home_view.c - a home's records from their rows, and as one side sees them.
 *
 * Each authority's record stands by itself. What is late is judged as it is read.
 */
#include <string.h>

#include "concordat/wire/emit.h"
#include "concordat/wire/fact.h"
#include "internal.h"
#include "move/homes.h"

enum part { PART_RECEIPT = 1, PART_HOME, PART_RESIDENT, PART_KEY, PART_TEXT, PART_FACT };
enum column { PART, AUTHORITY, ID, A, B, C, AT, BYTES, NAME, NUMBER, BODY };

/* ---- from rows ---- */

struct home_known *home_known_by(struct arena *arena, struct home_loaded *loaded,
				 struct uuid authority)
{
	struct home_known *known;

	for (size_t i = 0; i < loaded->known_count; i++)
		if (uuid_eq(loaded->known[i].authority, authority))
			return &loaded->known[i];
	known = LIST_ADD(arena, loaded->known, loaded->known_count);
	known->authority = authority;
	known->record = home_record_new(arena, authority, loaded->home.id);
	return known;
}

/* What one entry's texts are put in from: the rows that hold them. */
struct opening {
	struct app *app;
	struct arena *arena;
	const struct rows *rows;
	const struct home_known *known;
	struct uuid home;
	int32_t seq;
};

static bool open_text(const struct opening *o, const struct field *field, struct personal *at)
{
	for (size_t row = 0; row < o->rows->count; row++)
		if (row_int(o->rows, row, PART, 0) == PART_TEXT &&
		    row_int(o->rows, row, A, 0) == o->seq &&
		    uuid_eq(row_uuid(o->rows, row, AUTHORITY), o->known->authority) &&
		    text_is(row_text(o->rows, row, NAME), field->name))
			return personal_open(o->app, o->arena, &o->known->key, o->known->authority,
					     o->home, o->seq, text_of(field->name),
					     row_text(o->rows, row, BYTES), &at->text);
	return true; /* erased */
}

static bool open_texts(const struct opening *o, struct home_data *data)
{
	for (size_t i = 0; i < home_data_schema.count; i++) {
		const struct field *field = &home_data_schema.fields[i];
		struct personal *at = (void *)((char *)data + field->offset);

		if (field->kind == FIELD_PERSONAL && !digest_is_zero(&at->digest) &&
		    o->known->key.present && !open_text(o, field, at))
			return false;
	}
	return true;
}

static bool take_key(struct app *app, const struct rows *rows, size_t row, struct home_known *known,
		     struct text *why)
{
	*why = TEXT("its key cannot be unwrapped");
	known->has_key = true;
	return person_key_unwrap(app, known->authority, row_uuid(rows, row, ID),
				 row_text(rows, row, BYTES), &known->key);
}

static bool take_fact(struct app *app, struct arena *arena, const struct rows *rows, size_t row,
		      struct home_loaded *loaded, struct text *why)
{
	struct home_known *known = home_known_by(arena, loaded, row_uuid(rows, row, AUTHORITY));
	struct digest leaf_hash;
	struct home_fact *fact;

	*why = TEXT("its leaf hash is not 32 bytes");
	if (!row_digest(rows, row, BYTES, &leaf_hash))
		return false;
	fact = home_fact_decode(arena, (int32_t)row_int(rows, row, A, 0), row_int(rows, row, AT, 0),
				&leaf_hash, row_text(rows, row, BODY), why);
	if (!fact)
		return false;
	*why = TEXT("a text of it cannot be opened");
	if (!open_texts(&(struct opening){app, arena, rows, known, loaded->home.id, fact->seq},
			&fact->data))
		return false;
	*why = TEXT("it does not follow on the entries before it");
	return home_apply(known->record, fact);
}

static void take_receipt(struct receipt_row *receipt, const struct rows *rows, size_t row)
{
	*receipt = (struct receipt_row){
		.found = true,
		.authority = row_uuid(rows, row, AUTHORITY),
		.stream = row_uuid(rows, row, ID),
		.first_seq = (int32_t)row_int(rows, row, A, 0),
		.last_seq = (int32_t)row_int(rows, row, B, 0),
		.version = (int32_t)row_int(rows, row, C, 0),
		.recorded_at_us = row_int(rows, row, AT, 0),
	};
	if (!row_digest(rows, row, BYTES, &receipt->request))
		receipt->request = (struct digest){{0}};
}

bool home_rows_take(struct app *app, struct arena *arena, const struct rows *rows,
		    struct home_loaded *loaded, struct text *why)
{
	struct home_known *known;

	*loaded = (struct home_loaded){0};
	for (size_t row = 0; row < rows->count; row++) {
		switch ((enum part)row_int(rows, row, PART, 0)) {
		case PART_RECEIPT:
			take_receipt(&loaded->receipt, rows, row);
			break;
		case PART_HOME:
			loaded->home = (struct home_row){
				.id = row_uuid(rows, row, ID),
				.organisation = row_uuid(rows, row, AUTHORITY),
				.name = row_text(rows, row, NAME),
				.location_number = row_text(rows, row, NUMBER),
				.address = row_text(rows, row, BODY),
			};
			break;
		case PART_RESIDENT:
			known = home_known_by(arena, loaded, row_uuid(rows, row, AUTHORITY));
			known->resident_count++;
			break;
		case PART_KEY:
			known = home_known_by(arena, loaded, row_uuid(rows, row, AUTHORITY));
			if (!take_key(app, rows, row, known, why))
				return false;
			break;
		case PART_TEXT:
			break; /* found from its entry */
		case PART_FACT:
			if (!take_fact(app, arena, rows, row, loaded, why))
				return false;
			break;
		}
	}
	return true;
}

struct home_world home_world_of(const struct authority_settings *adopted,
				const struct home_known *known, int64_t now_us)
{
	return (struct home_world){
		.of = &adopted->world,
		.resident_count = known->resident_count,
		.new_id = uuid_new(now_us),
	};
}

/* ---- what is seen ---- */

struct text home_allowed(struct arena *arena, const struct authority_settings *adopted,
			 const struct home_known *known, const struct actor *actor, int64_t now_us)
{
	struct home_world world = home_world_of(adopted, known, now_us);
	struct writer w;

	writer_init(&w, arena);
	emit_begin(&w, NULL, '[');
	for (int move = 0; move < HOME_TELL_FLAG; move++) {
		if (!home_allows(arena, &world, known->record, actor, (enum home_move)move, now_us))
			continue;
		emit_begin(&w, NULL, '{');
		emit_word(&w, "move", home_move_names[move]);
		emit_text(&w, "schema",
			  text_printf(arena, "/openapi.json#/components/schemas/%s",
				      home_move_names[move]));
		emit_end(&w, '}');
	}
	emit_end(&w, ']');
	return writer_text(&w);
}

static void put_score(struct writer *w, const struct home_record *record, int64_t now_us)
{
	struct home_score score = home_score_on(record, london_day(now_us));

	if (score.on_day == NO_DAY)
		return;
	emit_rate(w, "score", score.score_r);
	emit_text(w, "tier", score.tier);
	emit_day(w, "scored_on", score.on_day);
}

static void put_flags(struct writer *w, const struct home_record *record)
{
	emit_word(w, "level", flag_level_names[home_level(record)]);
	emit_begin(w, "flags", '[');
	for (size_t i = 0; i < record->flag_count; i++) {
		const struct home_flag *flag = &record->flags[i];

		emit_begin(w, NULL, '{');
		emit_id(w, "id", flag->id);
		emit_word(w, "level", flag_level_names[flag->level]);
		emit_word(w, "raised_by", side_names[flag->raised_by]);
		emit_instant(w, "raised_at", flag->raised_at_us);
		emit_bool(w, "told", flag->told);
		emit_bool(w, "answered", flag->answered_at_us != NEVER_US);
		emit_instant(w, "answered_at", flag->answered_at_us);
		emit_text(w, "detail", flag->detail.text);
		emit_text(w, "reference", flag->reference);
		emit_text(w, "answer", flag->answer.text);
		emit_end(w, '}');
	}
	emit_end(w, ']');
}

static void put_duties(struct writer *w, const struct home_record *record, bool open_alone,
		       int64_t now_us)
{
	emit_begin(w, "duties", '[');
	for (size_t i = 0; i < record->owed_count; i++) {
		const struct obligation *due = &record->owed[i].due;
		bool open = obligation_is_open(due);

		if (open_alone && !open)
			continue;
		emit_begin(w, NULL, '{');
		emit_text(w, "id", text_printf(w->arena, "%d.%d", due->entry, due->n));
		emit_word(w, "duty", duty_names[due->duty]);
		emit_word(w, "owed_by", side_names[due->owed_by]);
		emit_id(w, "flag", record->owed[i].flag);
		emit_word(w, "state", obligation_state_names[due->state]);
		emit_instant(w, "due_at", due->due_at_us);
		emit_day(w, "due_day", due->due_day);
		emit_text(w, "timescale", rule_text(w->arena, due->rule));
		emit_int(w, "calendar_version", due->calendar_version);
		emit_bool(w, "overdue", open && due->due_at_us < now_us);
		emit_instant(w, "missed_at", due->missed_at_us);
		emit_instant(w, "closed_at", due->closed_at_us);
		emit_end(w, '}');
	}
	emit_end(w, ']');
}

static void put_entries(struct writer *w, const struct home_record *record, enum side side)
{
	emit_begin(w, "entries", '[');
	for (size_t i = 0; i < record->fact_count; i++) {
		if (!home_fact_visible(record->facts[i], side))
			continue;
		emit_begin(w, NULL, '{');
		emit_int(w, "entry", record->facts[i]->seq);
		emit_members(w, &home_fact_view_schema, record->facts[i], AUDIENCE_COMMISSIONER);
		emit_end(w, '}');
	}
	emit_end(w, ']');
}

static void put_record(struct writer *w, struct app *app, const struct home_known *known,
		       const struct actor *actor, int64_t now_us)
{
	const struct authority_settings *adopted = reference_held(app, known->authority);
	const struct home_record *record = known->record;

	emit_begin(w, NULL, '{');
	emit_id(w, "authority", known->authority);
	emit_text(w, "version", text_printf(w->arena, "v%d", record->seq));
	put_score(w, record, now_us);
	put_flags(w, record);
	if (record->plan) {
		emit_text(w, "plan", record->plan->plan.text);
		emit_day(w, "plan_done_by", record->plan->on_day);
	}
	if (record->help)
		emit_text(w, "help", record->help->help.text);
	put_duties(w, record, false, now_us);
	put_entries(w, record, actor->side);
	if (adopted)
		emit_json(w, "allowed_moves",
			  home_allowed(w->arena, adopted, known, actor, now_us));
	emit_end(w, '}');
}

struct text home_standing(struct arena *arena, const struct home_record *record, int64_t now_us)
{
	struct writer w;

	if (!record->seq)
		return TEXT_NONE;
	writer_init(&w, arena);
	emit_begin(&w, NULL, '{');
	put_score(&w, record, now_us);
	put_flags(&w, record);
	put_duties(&w, record, true, now_us);
	emit_text(&w, "record",
		  text_printf(arena, "/v1/homes/%.*s", TEXT_FMT(uuid_text(arena, record->home))));
	emit_end(&w, '}');
	return writer_text(&w);
}

struct text home_view(struct app *app, struct arena *arena, struct home_loaded *loaded,
		      const struct actor *actor, int64_t now_us)
{
	struct writer w;

	if (actor->side != SIDE_PROVIDER)
		home_known_by(arena, loaded, actor->organisation);
	writer_init(&w, arena);
	emit_begin(&w, NULL, '{');
	emit_members(&w, &home_row_schema, &loaded->home, AUDIENCE_COMMISSIONER);
	emit_begin(&w, "records", '[');
	for (size_t i = 0; i < loaded->known_count; i++)
		if (actor->side == SIDE_PROVIDER ||
		    uuid_eq(loaded->known[i].authority, actor->organisation))
			put_record(&w, app, &loaded->known[i], actor, now_us);
	emit_end(&w, ']');
	emit_end(&w, '}');
	return writer_text(&w);
}
