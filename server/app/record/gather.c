/*
 * gather.c - entries of a ledger with everything that proves them.
 *
 * Nothing is handed out that does not hold: a document is verified with its own key before it goes.
 */
#include "record/gather.h"

#include <openssl/crypto.h>
#include <string.h>

#include "concordat/app/log.h"
#include "concordat/base/report.h"
#include "queries.h"

#define RETRY_S 1

enum column { SEQ, LEAF_INDEX, LEAF, HEADER, BODY, NONCE };

/* ---- whose words may go out */

static bool hides(const struct schema *schema, const void *data, enum audience audience)
{
	for (size_t i = 0; i < schema->count; i++) {
		const struct field *field = &schema->fields[i];
		const char *at = (const char *)data + field->offset;
		const struct list *list = (const void *)at;

		if (field->kind == FIELD_PERSONAL || field_is_absent(field, data))
			continue;
		if (!field_is_for(field, audience))
			return true;
		if (field->kind == FIELD_OBJECT && hides(field->of, at, audience))
			return true;
		for (size_t n = 0; field->kind == FIELD_LIST && n < list->count; n++)
			if (hides(field->of, (const char *)list->items + n * field->of->size,
				  audience))
				return true;
	}
	return false;
}

/* Whether the party may see all that the body says: no member that is not for it, nothing of an
 * entry that it may not see. A salted digest of a text that is not for it says nothing. */
static bool is_whole(const struct look *look, const struct placement *placement,
		     const struct fact *fact)
{
	const struct viewer viewer = look_viewer(look, placement);
	struct fact *copy;

	if (!fact_visible(fact, placement, &look->party) ||
	    fact_is_sealed(fact, placement, &look->party) ||
	    hides(move_schema((enum move)fact->kind), fact->data, look->audience))
		return false;
	copy = texts_copy(look->call->arena, fact);
	view_own_numbers(&viewer, copy);
	return copy->closes.count == fact->closes.count &&
	       copy->changes.count == fact->changes.count;
}

void gather_entry(struct gather *g, const struct fact *fact, bool texts)
{
	struct look *look = g->look;
	struct arena *arena = look->call->arena;
	struct gathered *entry = LIST_ADD(arena, g->entries, g->count);

	*entry = (struct gathered){
		.seq = fact->seq,
		.whole = is_whole(look, look->recorded, fact),
	};
	if (entry->whole && texts && look_reads_texts(look, fact))
		texts_want(&look->texts, texts_copy(arena, fact), look->audience);
}

/* ---- answers on the way */

static void not_sealed(struct call *call)
{
	call_problem_later(call, 409, "not_sealed_yet",
			   TEXT("This is recorded and not sealed in the log yet. Ask again in a "
				"moment."),
			   RETRY_S);
}

static void unsound(struct call *call, const char *what)
{
	report(REPORT_ERROR, "app", what, "placement", text_cstr(call->arena, call->path_id), NULL);
	call_problem(call, 503, "log_unsound",
		     TEXT("What is recorded cannot be proven as it is kept. It has been reported; "
			  "nothing is handed out until it is put right."));
}

/* ---- names and the key */

static void on_end(struct call *call, int status)
{
	struct gather *g = call->operation;

	(void)status;
	OPENSSL_cleanse(&g->key, sizeof(g->key));
	load_release(g->look->held);
}

static void on_names(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct gather *g = context;
	struct call *call = g->look->call;
	struct record_name *names = arena_array(call->arena, struct record_name, rows->count);
	size_t count = 0;
	bool known = false;

	if (outcome != STORE_DONE) {
		call_store_fault(call, outcome);
		return;
	}
	g->keys = arena_array(call->arena, struct note_key, rows->count);
	for (size_t i = 0; i < rows->count; i++) {
		struct text key = row_text(rows, i, 2);

		if (key.len == sizeof(g->key.public_key)) {
			known = known || memcmp(key.at, g->key.public_key, key.len) == 0;
			g->keys[g->key_count++] =
				note_key_of(g->head.origin, (const uint8_t *)key.at);
		} else {
			names[count++] =
				(struct record_name){row_uuid(rows, i, 0), row_text(rows, i, 1)};
		}
	}
	g->head.names = (struct list){names, count};
	if (known)
		g->on_gathered(g);
	else
		not_sealed(call); /* by a key that has just been put in place */
}

static void add_id(struct arena *arena, struct text **ids, size_t *count, struct uuid id)
{
	struct text text = uuid_text(arena, id);

	for (size_t i = 0; i < *count; i++)
		if (text_eq((*ids)[i], text))
			return;
	if (!uuid_is_zero(id))
		*LIST_ADD(arena, *ids, *count) = text;
}

static void read_names(struct gather *g)
{
	struct call *call = g->look->call;
	const struct record_entry *entries = g->head.entries.items;
	struct param *param = arena_array(call->arena, struct param, 1);
	struct text *ids = NULL, why;
	size_t count = 0;

	if (!log_key_read(call->arena, app_config(call->app)->log_key_file, &g->key, &why)) {
		report(REPORT_ERROR, "app", "A record could not be signed", "why",
		       text_cstr(call->arena, why), NULL);
		not_sealed(call);
		return;
	}
	add_id(call->arena, &ids, &count, g->head.authority);
	for (size_t i = 0; i < sizeof(g->ids) / sizeof(g->ids[0]); i++)
		add_id(call->arena, &ids, &count, g->ids[i]);
	for (size_t i = 0; i < g->count; i++) {
		const struct fact *fact = record_fact(call->arena, &entries[i]);

		if (!fact)
			continue;
		add_id(call->arena, &ids, &count, fact->organisation);
		add_id(call->arena, &ids, &count, fact->user);
	}
	*param = param_array(call->arena, ids, count);
	/* by the service itself: whoever may read an entry may know who made it */
	call_work(call, SQL_RECORD_NAMES, param, 1, on_names, g);
}

/* ---- proofs */

static void on_tree(enum store_outcome outcome, const struct log_tree *tree, void *context)
{
	struct gather *g = context;
	struct call *call = g->look->call;
	struct record_entry *entries = g->head.entries.items;

	if (outcome != STORE_DONE) {
		call_store_fault(call, outcome);
		return;
	}
	for (size_t i = 0; i < g->count; i++)
		if (!tree || tree->sealed <= g->entries[i].leaf_index) {
			not_sealed(call);
			return;
		}
	for (size_t i = 0; i < g->count; i++) {
		struct log_proof proof = {.index = g->entries[i].leaf_index,
					  .checkpoint = tree->checkpoint};

		if (!tree->checkpoint.at ||
		    !log_prove(tree, proof.index, &g->entries[i].leaf, &proof.path)) {
			unsound(call, "An entry's proof does not hold");
			return;
		}
		entries[i].proof = log_proof_text(call->arena, &proof);
	}
	g->head.origin = tree->origin;
	g->head.checkpoint = tree->checkpoint;
	read_names(g);
}

/* ---- bytes */

static void take_texts(struct gather *g)
{
	const struct texts *texts = &g->look->texts;
	struct record_text *items = NULL;
	size_t count = 0;

	for (size_t i = 0; i < texts->wanted_count; i++) {
		const struct wanted *one = &texts->wanted[i];
		struct record_text *text;

		if (!one->at->text.at)
			continue;
		text = LIST_ADD(g->look->call->arena, items, count);
		*text = (struct record_text){0, one->field, one->at->text, one->salt};
		while (g->entries[text->entry].seq != one->seq)
			text->entry++;
		text->entry++;
	}
	g->head.texts = (struct list){items, count};
}

static void on_entries(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct gather *g = context;
	struct call *call = g->look->call;
	struct record_entry *entries = arena_array(call->arena, struct record_entry, g->count);
	int64_t *leaves = arena_array(call->arena, int64_t, g->count);

	if (outcome != STORE_DONE || rows->count != g->count) {
		call_store_fault(call, outcome == STORE_DONE ? STORE_BUG : outcome);
		return;
	}
	for (size_t i = 0; i < g->count; i++) {
		struct text nonce = row_text(rows, i, NONCE);

		if (row_int(rows, i, SEQ, 0) != g->entries[i].seq ||
		    !row_digest(rows, i, LEAF, &g->entries[i].leaf)) {
			unsound(call, "An entry is not where it was recorded");
			return;
		}
		leaves[i] = g->entries[i].leaf_index = row_int(rows, i, LEAF_INDEX, 0);
		entries[i].header = row_text(rows, i, HEADER);
		if (!g->entries[i].whole)
			continue;
		entries[i].body = row_text(rows, i, BODY);
		entries[i].nonce = text_hex(call->arena, nonce.at, nonce.len);
	}
	g->head.entries = (struct list){entries, g->count};
	take_texts(g);
	log_read(call->app, call->arena, call->caller.organisation, g->head.authority, leaves,
		 g->count, 0, on_tree, g);
}

static void read_entries(struct look *look)
{
	struct call *call = look->call;
	struct gather *g = call->operation;
	struct text *seqs = arena_array(call->arena, struct text, g->count);
	struct param *params = arena_array(call->arena, struct param, 3);

	look->goes_on = true; /* until on_end */
	call->on_end = on_end;
	for (size_t i = 0; i < g->count; i++)
		seqs[i] = text_printf(call->arena, "%d", g->entries[i].seq);
	params[0] = param_uuid(call->arena, g->head.authority);
	params[1] = param_uuid(call->arena, g->head.placement);
	params[2] = param_array(call->arena, seqs, g->count);
	call_read(call, SQL_RECORD_ENTRIES, params, 3, on_entries, g);
}

void gather_start(struct gather *g)
{
	struct look *look = g->look;
	struct call *call = look->call;

	if (!app_config(call->app)->log_key_file[0]) {
		call_problem(call, 409, "log_not_kept",
			     TEXT("This service seals no log, so nothing can be proven. Its "
				  "operator sets log_key_file for that."));
		return;
	}
	g->head.authority = look->recorded->authority;
	g->head.placement = look->recorded->id;
	g->head.reference = look->recorded->opening->reference;
	g->head.written_at_us = look->now_us;
	look->texts.with_salts = true;
	call->operation = g;
	look_answer(look, read_entries);
}

void gather_answer(struct gather *g, struct text document, struct text (*page)(struct gather *),
		   struct text name)
{
	struct call *call = g->look->call;
	struct reply reply = {.status = 200, .body = document};
	struct verification verification;

	record_verify(call->arena, document, g->keys, g->key_count, &verification);
	if (verification.verdict != VERDICT_HOLDS) {
		const struct finding *fault =
			&verification.findings[verification.finding_count - 1];

		report(REPORT_ERROR, "app", "A record that was made does not hold", "where",
		       text_cstr(call->arena, fault->where), "why",
		       text_cstr(call->arena, fault->sentence), NULL);
		unsound(call, "A record is not handed out");
		return;
	}
	if (page && call->accepted && strcmp(call->accepted, "text/html") == 0) {
		reply.body = page(g);
		reply.content_type = "text/html; charset=utf-8";
	} else {
		reply.disposition = text_printf(call->arena, "attachment; filename=\"%.*s.json\"",
						TEXT_FMT(name));
	}
	call_finish(call, &reply);
}
