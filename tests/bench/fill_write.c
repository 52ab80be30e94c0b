/*
 * fill_write.c - histories into the tables, as the append would have left them, and into lists.
 */
#include "fill_write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fill_copy.h"

#define PATH_MOST 4096

enum table { STREAM, FACT, PLACEMENT, PARTY, OBLIGATION, WAS, PERSON, SAID, TABLES };

static const struct {
	const char *name, *columns;
} tables[TABLES] = {
	[STREAM] = {"stream", "authority_id, stream_id, kind, seq"},
	[FACT] = {"fact", "authority_id, stream_id, seq, recorded_at, header, leaf_index, "
			  "leaf_hash, body, nonce, kind, actor_id, occurred_at"},
	[PLACEMENT] = {"placement",
		       "authority_id, id, reference, person_id, stage, setting, urgency, "
		       "provider_id, home_id, owner_id, weekly_p, terms_entry, opened_at, "
		       "changed_at"},
	[PARTY] = {"placement_party",
		   "organisation_id, placement_id, authority_id, side, since, until, version, "
		   "entries, "
		   "stage, next_due_at, overdue"},
	[OBLIGATION] = {"obligation",
			"authority_id, stream_id, seq, n, kind, owed_by, owed_by_id, thread, "
			"due_at, next_at, missed_at, state, provider_entry, commissioner_entry, "
			"mediator_entry, representative_entry, closed_at, changed_entry, "
			"not_served_at, known_at"},
	[WAS] = {"obligation_was", "authority_id, stream_id, seq, n, known_at, until_at, owed_by, "
				   "owed_by_id, due_at, missed_at, closed_at, state"},
	[PERSON] = {"person", "authority_id, id, wrapped_key"},
	[SAID] = {"personal_text", "authority_id, stream_id, seq, field, person_id, sealed"},
};

enum list_file { MOVES, READS, DUE, LONE, LISTS };

static const char *const list_names[LISTS] = {"moves.tsv", "reads.tsv", "due.tsv", "lone.tsv"};

struct writing {
	struct copy copies[TABLES];
	PGconn *heads; /* the sizes of the logs */
	FILE *lists[LISTS];
	char *paths[LISTS];
	enum timed_list timed;
	const struct council *council;
	int64_t log_size;
};

static char *list_path(const char *folder, enum list_file list, int worker)
{
	char *path = malloc(PATH_MOST);

	if (!path)
		fail("Out of memory");
	if (worker < 0)
		snprintf(path, PATH_MOST, "%s/%s", folder, list_names[list]);
	else
		snprintf(path, PATH_MOST, "%s/%s.%d", folder, list_names[list], worker);
	return path;
}

struct writing *writing_begin(const char *conninfo, const char *folder, int worker)
{
	struct writing *w = calloc(1, sizeof(*w));

	if (!w)
		fail("Out of memory");
	for (size_t i = 0; i < TABLES; i++) {
		PGconn *connection = sql_connect(conninfo);

		sql_do(connection, "begin");
		copy_begin(&w->copies[i], connection, tables[i].name, tables[i].columns);
	}
	w->heads = sql_connect(conninfo);
	sql_do(w->heads, "begin");
	for (size_t i = 0; i < LISTS; i++) {
		w->paths[i] = list_path(folder, (enum list_file)i, worker);
		w->lists[i] = fopen(w->paths[i], "w");
		if (!w->lists[i])
			fail("%s cannot be written: %m", w->paths[i]);
	}
	return w;
}

/* ---- a council's log ---- */

void writing_open_log(struct writing *w, const struct council *council)
{
	w->council = council;
	w->log_size = council->log_size;
}

/* Everything counts as told. */
void writing_close_log(struct writing *w)
{
	char id[37], was[24], is[24];
	const char *params[] = {id, was, is};
	PGresult *result;

	uuid_format(w->council->id, id);
	snprintf(was, sizeof(was), "%lld", (long long)w->council->log_size);
	snprintf(is, sizeof(is), "%lld", (long long)w->log_size);
	result = sql_rows(w->heads,
			  "update log_head set size = $3::bigint where authority_id = $1::uuid and "
			  "size = $2::bigint",
			  3, params);
	if (strcmp(PQcmdTuples(result), "1") != 0)
		fail("Somebody else wrote to a council's log. Stop the daemon first");
	PQclear(result);
	params[1] = is;
	PQclear(sql_rows(w->heads,
			 "insert into deliver_cursor (authority_id, next_index) values ($1::uuid, "
			 "$2::bigint) on conflict (authority_id) do update set next_index = "
			 "excluded.next_index",
			 2, params));
}

/* ---- rows ---- */

static void put_facts(struct writing *w, const struct history *h)
{
	struct copy *c = &w->copies[FACT];

	for (size_t i = 0; i < h->fact_count; i++) {
		const struct append_fact *f = &h->facts[i];

		copy_row(c);
		copy_uuid(c, h->last.authority);
		copy_uuid(c, h->id);
		copy_int(c, f->seq);
		copy_instant(c, h->recorded_us[i]);
		copy_text(c, f->header);
		copy_long(c, w->log_size++);
		copy_bytes(c, f->leaf_hash.bytes, sizeof(f->leaf_hash.bytes));
		copy_text(c, f->body);
		copy_bytes(c, f->nonce, sizeof(f->nonce));
		copy_text(c, f->kind);
		copy_uuid(c, f->actor);
		copy_instant(c, f->occurred_at_us);
	}
}

static void copy_int_or_null(struct copy *c, int32_t n)
{
	if (n)
		copy_int(c, n);
	else
		copy_null(c);
}

static void put_placement(struct writing *w, const struct history *h)
{
	struct copy *c = &w->copies[PLACEMENT];
	const struct append *a = &h->last;

	copy_row(c);
	copy_uuid(c, a->authority);
	copy_uuid(c, h->id);
	copy_text(c, a->reference);
	copy_uuid(c, a->person);
	copy_text(c, a->stage);
	copy_text(c, a->setting);
	copy_text(c, a->urgency);
	copy_uuid(c, a->provider);
	copy_uuid(c, a->home);
	copy_uuid(c, a->owner);
	if (a->weekly_p < 0)
		copy_null(c);
	else
		copy_long(c, a->weekly_p);
	copy_int_or_null(c, a->terms_entry);
	copy_instant(c, a->opened_at_us);
	copy_instant(c, a->recorded_at_us);
}

static void put_parties(struct writing *w, const struct history *h)
{
	struct copy *c = &w->copies[PARTY];

	for (size_t i = 0; i < h->last.party_count; i++) {
		const struct append_party *p = &h->last.parties[i];

		copy_row(c);
		copy_uuid(c, p->organisation);
		copy_uuid(c, h->id);
		copy_uuid(c, h->last.authority);
		copy_text(c, p->side);
		copy_instant(c, p->since_us);
		copy_instant(c, p->until_us);
		copy_int(c, p->version);
		copy_int(c, p->entries);
		copy_text(c, p->stage);
		copy_instant(c, p->next_due_at_us);
		copy_bool(c, p->overdue);
	}
}

static void put_obligations(struct writing *w, const struct history *h)
{
	struct copy *c = &w->copies[OBLIGATION];

	for (size_t i = 0; i < h->obligation_count; i++) {
		const struct append_obligation *o = &h->obligations[i];

		copy_row(c);
		copy_uuid(c, h->last.authority);
		copy_uuid(c, h->id);
		copy_int(c, o->seq);
		copy_int(c, o->n);
		copy_text(c, o->kind);
		copy_text(c, o->owed_by);
		copy_uuid(c, o->owed_by_id);
		copy_int(c, o->thread);
		copy_instant(c, o->due_at_us);
		copy_instant(c, o->next_at_us);
		copy_instant(c, o->missed_at_us);
		copy_text(c, o->state);
		copy_int(c, o->provider_entry);
		copy_int_or_null(c, o->commissioner_entry);
		copy_int_or_null(c, o->mediator_entry);
		copy_int_or_null(c, o->representative_entry);
		copy_instant(c, o->closed_at_us);
		copy_int(c, o->changed_entry);
		copy_instant(c, o->not_served_us);
		copy_instant(c, h->known_us[i]);
	}
	c = &w->copies[WAS];
	for (size_t i = 0; i < h->was_count; i++) {
		const struct append_obligation *o = &h->were[i].row;

		copy_row(c);
		copy_uuid(c, h->last.authority);
		copy_uuid(c, h->id);
		copy_int(c, o->seq);
		copy_int(c, o->n);
		copy_instant(c, h->were[i].known_us);
		copy_instant(c, h->were[i].until_us);
		copy_text(c, o->owed_by);
		copy_uuid(c, o->owed_by_id);
		copy_instant(c, o->due_at_us);
		copy_instant(c, o->missed_at_us);
		copy_instant(c, o->closed_at_us);
		copy_text(c, o->state);
	}
}

static void put_person(struct writing *w, const struct history *h)
{
	struct copy *c = &w->copies[PERSON];

	copy_row(c);
	copy_uuid(c, h->last.authority);
	copy_uuid(c, h->person);
	copy_bytes(c, h->wrapped_key.at, h->wrapped_key.len);
	c = &w->copies[SAID];
	for (size_t i = 0; i < h->text_count; i++) {
		const struct append_text *t = &h->texts[i];

		copy_row(c);
		copy_uuid(c, h->last.authority);
		copy_uuid(c, h->id);
		copy_int(c, t->seq);
		copy_text(c, t->field);
		copy_uuid(c, h->person);
		copy_bytes(c, t->sealed.at, t->sealed.len);
	}
}

/* ---- lists ---- */

static void list_negotiating(struct writing *w, const struct history_plan *plan,
			     const struct history *h, int64_t dealt)
{
	const struct party *council = placement_party(h->placement, plan->council->id);
	const struct party *provider = placement_party(h->placement, plan->provider->id);
	char id[37];

	uuid_format(h->id, id);
	fprintf(w->lists[MOVES], "%s\t%s\t%d\t%s\t%d\n", id, plan->council->secret,
		council->version, plan->provider->secret, provider->version);
	fprintf(w->lists[READS], "%s\t%s\n", id,
		dealt / COUNCILS % 2 ? plan->provider->secret : plan->council->secret);
}

static void list_timed(struct writing *w, const struct history *h)
{
	const struct append_obligation *o = &h->obligations[0];
	char authority[37], id[37];

	if (h->obligation_count != 1)
		fail("What is to fall due has %zu obligations", h->obligation_count);
	uuid_format(h->last.authority, authority);
	uuid_format(h->id, id);
	fprintf(w->lists[w->timed == LIST_DUE ? DUE : LONE], "%s\t%s\t%d\t%d\t%lld\n", authority,
		id, o->seq, o->n, (long long)o->due_at_us);
}

void writing_list(struct writing *writing, enum timed_list list)
{
	writing->timed = list;
}

void writing_add(struct writing *w, const struct history_plan *plan, const struct history *history,
		 int64_t dealt)
{
	struct copy *c = &w->copies[STREAM];

	copy_row(c);
	copy_uuid(c, history->last.authority);
	copy_uuid(c, history->id);
	copy_text(c, TEXT("placement"));
	copy_int(c, (int32_t)history->fact_count);
	put_facts(w, history);
	put_placement(w, history);
	put_parties(w, history);
	put_obligations(w, history);
	put_person(w, history);
	if (plan->kind == HISTORY_NEGOTIATING)
		list_negotiating(w, plan, history, dealt);
	if (w->timed != LIST_NONE)
		list_timed(w, history);
}

void writing_end(struct writing *w)
{
	for (size_t i = 0; i < TABLES; i++)
		copy_end(&w->copies[i]);
	for (size_t i = 0; i < TABLES; i++) {
		sql_do(w->copies[i].connection, "commit");
		PQfinish(w->copies[i].connection);
	}
	sql_do(w->heads, "commit");
	PQfinish(w->heads);
	for (size_t i = 0; i < LISTS; i++) {
		if (fclose(w->lists[i]) != 0)
			fail("%s cannot be written: %m", w->paths[i]);
		free(w->paths[i]);
	}
	free(w);
}

static void join(const char *folder, enum list_file list, int workers)
{
	char *whole = list_path(folder, list, -1);
	FILE *out = fopen(whole, "w");
	char line[256];

	if (!out)
		fail("%s cannot be written: %m", whole);
	for (int i = 0; i < workers; i++) {
		char *part = list_path(folder, list, i);
		FILE *in = fopen(part, "r");

		if (!in)
			fail("%s cannot be read: %m", part);
		while (fgets(line, sizeof(line), in))
			fputs(line, out);
		fclose(in);
		remove(part);
		free(part);
	}
	if (fclose(out) != 0)
		fail("%s cannot be written: %m", whole);
	free(whole);
}

void writing_join_lists(const char *folder, int workers)
{
	for (size_t i = 0; i < LISTS; i++)
		join(folder, (enum list_file)i, workers);
}
