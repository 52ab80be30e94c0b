/*
 * log.c - GET /v1/log/{authority}/...: what anybody who has or had a part in a log may check it by.
 *
 * A log says nothing of what is in it, so its checkpoints and their consistency are open to every
 * party of its placements; row-level security says who that is. Headers and proofs of entries go by
 * placement, to who may see the entries, under that party's own numbers.
 */
#include "concordat/app/log.h"

#include "call/page.h"
#include "concordat/base/report.h"
#include "concordat/wire/emit.h"
#include "queries.h"

#define SEALED_WITHIN_S 1

struct asked {
	struct page page; /* of the headers */
	struct call *call;
	struct uuid authority, placement;
	int64_t from, to; /* of a consistency */
	bool has_from, has_to;
	int32_t entry;
	/* the entries that are asked for: the party's own numbers, and the placement's */
	int32_t *entries, *seqs;
	size_t count;
	bool more;
	int64_t leaf_index;
	struct digest leaf;
};

static struct asked *asked_of(struct call *call)
{
	struct asked *asked = arena_make(call->arena, struct asked);

	asked->call = call;
	if (call->caller.roles && uuid_parse(call->path_id, &asked->authority) &&
	    !uuid_is_zero(asked->authority))
		return asked;
	call_not_found(call);
	return NULL;
}

static void answer_text(struct call *call, struct text text)
{
	call_finish(call, &(struct reply){.status = 200,
					  .body = text,
					  .content_type = "text/plain; charset=utf-8"});
}

static void answer_not_sealed(struct call *call, struct text detail)
{
	call_problem_later(call, 409, "not_sealed_yet", detail, SEALED_WITHIN_S);
}

/* What is kept of the log gives no proof that holds. */
static void answer_unsound(struct call *call, struct uuid authority)
{
	char id[37];

	uuid_format(authority, id);
	report(REPORT_ERROR, "app", "A log's tree does not prove what was sealed", "authority", id,
	       NULL);
	call_problem(call, 503, "log_unsound",
		     TEXT("What is kept of this log does not prove what was sealed. The service's "
			  "operator must look at it."));
}

/* ---- the newest checkpoint, and the keys ---- */

static void on_checkpoint(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct asked *asked = context;

	if (outcome != STORE_DONE)
		call_store_fault(asked->call, outcome);
	else if (!rows->count)
		call_not_found(asked->call);
	else
		answer_text(asked->call, row_text(rows, 0, 0));
}

static void read_log(struct asked *asked, const char *sql, store_rows_cb on_rows)
{
	struct call *call = asked->call;
	const struct param param = param_uuid(call->arena, asked->authority);

	call_read(call, sql, &param, 1, on_rows, asked);
}

void app_get_checkpoint(struct call *call)
{
	struct asked *asked = asked_of(call);

	if (asked)
		read_log(asked, SQL_LOG_CHECKPOINT, on_checkpoint);
}

static void on_keys(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct asked *asked = context;
	struct text lines, why;

	if (outcome != STORE_DONE)
		call_store_fault(asked->call, outcome);
	else if (!rows->count)
		call_not_found(asked->call);
	else if (!log_keys_text(asked->call->arena, app_config(asked->call->app)->log_dir, rows,
				&lines, &why))
		answer_unsound(asked->call, asked->authority);
	else
		answer_text(asked->call, lines);
}

void app_get_log_keys(struct call *call)
{
	struct asked *asked = asked_of(call);

	if (asked)
		read_log(asked, SQL_LOG_KEYS_OF, on_keys);
}

/* ---- consistency ---- */

static void put_consistency(struct asked *asked, const struct log_tree *tree,
			    const struct merkle_proof *proof)
{
	struct arena *arena = asked->call->arena;
	struct writer w;

	writer_init(&w, arena);
	emit_begin(&w, NULL, '{');
	emit_int(&w, "from", asked->from);
	emit_int(&w, "to", tree->size);
	emit_begin(&w, "hashes", '[');
	for (size_t i = 0; i < proof->count; i++)
		emit_text(
			&w, NULL,
			text_base64(arena, proof->hashes[i].bytes, sizeof(proof->hashes[i].bytes)));
	emit_end(&w, ']');
	emit_text(&w, "checkpoint", tree->checkpoint);
	emit_end(&w, '}');
	call_answer(asked->call, 200, writer_text(&w));
}

static void on_consistency(enum store_outcome outcome, const struct log_tree *tree, void *context)
{
	struct asked *asked = context;
	struct call *call = asked->call;
	struct merkle_proof proof;

	if (outcome != STORE_DONE)
		call_store_fault(call, outcome);
	else if (!tree)
		call_not_found(call);
	else if (asked->from > tree->sealed || tree->size > tree->sealed)
		answer_not_sealed(call, text_printf(call->arena,
						    "This log is sealed up to %lld entries. Ask "
						    "for sizes up to that.",
						    (long long)tree->sealed));
	else if (!log_prove_grown(tree, asked->from, &proof))
		answer_unsound(call, asked->authority);
	else
		put_consistency(asked, tree, &proof);
}

static bool query_size(struct call *call, const char *name, int64_t *size, bool *given)
{
	struct text value = call->query(call, name);

	*given = value.at != NULL;
	if (!value.at || (text_to_int(value, size) && *size >= 0 && *size < MERKLE_SIZE_MOST))
		return true;
	query_refuse(call, name, TEXT("Give a size of the log: a whole number."));
	return false;
}

void app_get_consistency(struct call *call)
{
	struct asked *asked = asked_of(call);
	int64_t sizes[2];

	if (!asked || !query_size(call, "from", &asked->from, &asked->has_from) ||
	    !query_size(call, "to", &asked->to, &asked->has_to))
		return;
	if (!asked->has_from || (asked->has_to && (!asked->to || asked->to < asked->from))) {
		query_refuse(call, asked->has_from ? "to" : "from",
			     TEXT("Give the size that you know the log by as from, and no smaller "
				  "one as to."));
		return;
	}
	/* the leaf before it lies beside what the smaller tree ends with */
	sizes[0] = asked->from;
	sizes[1] = asked->from ? asked->from - 1 : 0;
	log_read(call->app, call->arena, call->caller.organisation, asked->authority, sizes, 2,
		 asked->to, on_consistency, asked);
}

/* ---- entries of a placement ---- */

/* False when the call has been answered: nothing is here for the caller. */
static bool begin(struct asked *asked, const struct loaded *loaded, const struct party **party)
{
	struct call *call = asked->call;
	struct actor actor;

	if (loaded->outcome != STORE_DONE)
		call_store_fault(call, loaded->outcome);
	else if (loaded->broken)
		call_problem(call, 503, "placement_unreadable",
			     TEXT("This placement cannot be read as it is recorded. It has been "
				  "reported."));
	else if (!access_actor(loaded->placement, &call->caller, &actor, party) ||
		 !uuid_eq(loaded->placement->authority, asked->authority))
		call_not_found(call);
	else
		return true;
	return false;
}

static void start(struct asked *asked, void (*on_loaded)(const struct loaded *, void *))
{
	static const struct uuid none;
	struct call *call = asked->call;

	if (!query_id(call, "placement", &asked->placement))
		return;
	if (uuid_is_zero(asked->placement))
		query_refuse(call, "placement", TEXT("Say of which placement."));
	else
		load_placement(call->app, call->arena, call->caller.organisation, asked->placement,
			       none, none, on_loaded, asked);
}

static void on_tree(enum store_outcome outcome, const struct log_tree *tree, void *context)
{
	struct asked *asked = context;
	struct call *call = asked->call;
	struct log_proof proof = {.index = asked->leaf_index};

	if (outcome != STORE_DONE) {
		call_store_fault(call, outcome);
	} else if (!tree || tree->sealed <= asked->leaf_index) {
		answer_not_sealed(call, TEXT("This entry is recorded and not sealed yet. Ask again "
					     "in a moment."));
	} else if (!tree->checkpoint.at ||
		   !log_prove(tree, asked->leaf_index, &asked->leaf, &proof.path)) {
		answer_unsound(call, asked->authority);
	} else {
		proof.checkpoint = tree->checkpoint;
		answer_text(call, log_proof_text(call->arena, &proof));
	}
}

static void on_entry(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct asked *asked = context;
	struct call *call = asked->call;

	if (outcome != STORE_DONE) {
		call_store_fault(call, outcome);
	} else if (!rows->count || !row_digest(rows, 0, 1, &asked->leaf)) {
		call_not_found(call);
	} else {
		asked->leaf_index = row_int(rows, 0, 0, 0);
		log_read(call->app, call->arena, call->caller.organisation, asked->authority,
			 &asked->leaf_index, 1, 0, on_tree, asked);
	}
}

static void on_proof_loaded(const struct loaded *loaded, void *context)
{
	struct asked *asked = context;
	struct call *call = asked->call;
	const struct party *party;
	struct param params[3];
	int32_t seq;

	if (!begin(asked, loaded, &party))
		return;
	seq = party_seq(loaded->placement, party, asked->entry);
	if (!seq) {
		call_not_found(call);
		return;
	}
	params[0] = param_uuid(call->arena, asked->authority);
	params[1] = param_uuid(call->arena, asked->placement);
	params[2] = param_int(call->arena, seq);
	call_read(call, SQL_LOG_ENTRY, params, 3, on_entry, asked);
}

void app_get_log_proof(struct call *call)
{
	struct asked *asked = asked_of(call);

	if (!asked || !query_number(call, "entry", &asked->entry))
		return;
	if (!asked->entry)
		query_refuse(call, "entry", TEXT("Say which entry, by your own number."));
	else
		start(asked, on_proof_loaded);
}

/* ---- headers ---- */

static const char *const header_filters[] = {"placement", NULL};

static void on_headers(enum store_outcome outcome, const struct rows *rows, void *context)
{
	struct asked *asked = context;
	struct call *call = asked->call;
	struct text last = TEXT_NONE;
	struct writer w;

	if (outcome != STORE_DONE) {
		call_store_fault(call, outcome);
		return;
	}
	if (rows->count != asked->count) {
		call_not_found(call);
		return;
	}
	writer_init(&w, call->arena);
	emit_begin(&w, NULL, '[');
	for (size_t i = 0; i < rows->count; i++) {
		emit_begin(&w, NULL, '{');
		emit_int(&w, "entry", asked->entries[i]);
		emit_int(&w, "leaf_index", row_int(rows, i, 0, 0));
		emit_text(&w, "header", row_text(rows, i, 1));
		emit_end(&w, '}');
		last = text_printf(call->arena, "%d", asked->entries[i]);
	}
	emit_end(&w, ']');
	page_answer(&asked->page, &w, asked->more ? &last : NULL);
}

static void list_entries(struct asked *asked, const struct placement *placement,
			 const struct party *party, int64_t after)
{
	struct arena *arena = asked->call->arena;
	int32_t entry = 0;

	for (size_t i = 0; i < placement->fact_count && !asked->more; i++) {
		size_t count = asked->count;

		if (!fact_visible(placement->facts[i], placement, party) || ++entry <= after)
			continue;
		asked->more = (int64_t)count == asked->page.limit;
		if (asked->more)
			continue;
		*LIST_ADD(arena, asked->entries, count) = entry;
		*LIST_ADD(arena, asked->seqs, asked->count) = placement->facts[i]->seq;
	}
}

static void on_headers_loaded(const struct loaded *loaded, void *context)
{
	struct asked *asked = context;
	struct call *call = asked->call;
	const struct party *party;
	struct param params[3];
	struct text *seqs;
	int64_t after = 0;

	if (!begin(asked, loaded, &party) ||
	    !page_read(call, "log_headers", header_filters, 1, &asked->page))
		return;
	if (asked->page.has_after && (!text_to_int(asked->page.after[0], &after) || after < 0)) {
		page_refuse(&asked->page);
		return;
	}
	list_entries(asked, loaded->placement, party, after);
	seqs = arena_array(call->arena, struct text, asked->count);
	for (size_t i = 0; i < asked->count; i++)
		seqs[i] = text_printf(call->arena, "%d", asked->seqs[i]);
	params[0] = param_uuid(call->arena, asked->authority);
	params[1] = param_uuid(call->arena, asked->placement);
	params[2] = param_array(call->arena, seqs, asked->count);
	call_read(call, SQL_LOG_HEADERS, params, 3, on_headers, asked);
}

void app_list_log_headers(struct call *call)
{
	struct asked *asked = asked_of(call);

	if (asked)
		start(asked, on_headers_loaded);
}
