/*
 * record_export.c - whether an exported log is whole: line by line, in little memory.
 *
 * The entries stand in the log's order and are added to the tree as they come, so a checkpoint
 * stands where its size is reached and is compared there. The newest one stands behind the last
 * entry: behind it anybody could write whatever they like. Each ledger's entries are counted and
 * chained. Words are hashed and not read: what they say is the service's own replay's to check.
 */
#include "record_parts.h"

#include <string.h>

#include "concordat/core/fields.h"
#include "json_parts.h"

#define LINE_MOST (1 << 22)
#define TEXT_ROW(type, member, json, flags) \
	F(type, member, json, FIELD_TEXT, flags, 1, LINE_MOST, NULL, NULL, "")

enum line_kind { LINE_FIRST, LINE_ENTRY, LINE_CHECKPOINT, LINE_END };

struct export_line {
	/* first */
	struct text format, origin;
	struct uuid authority;
	/* an entry */
	int64_t leaf_index;
	struct uuid stream;
	struct text header, body, nonce;
	/* a checkpoint */
	int64_t size;
	struct text note;
	/* the last */
	bool end;
	int64_t facts, left_out;
	struct text checkpoint;
};

static const struct field first_fields[] = {
	TEXT_ROW(export_line, format, "format", REQ),
	ID_F(export_line, authority, REQ, ""),
	TEXT_ROW(export_line, origin, "origin", REQ),
};
static const struct field entry_fields[] = {
	INT_F(export_line, leaf_index, REQ, 0, MERKLE_SIZE_MOST, ""),
	ID_F(export_line, stream, REQ, ""),
	TEXT_ROW(export_line, header, "header", REQ),
	TEXT_ROW(export_line, body, "body", REQ),
	TEXT_ROW(export_line, nonce, "nonce", REQ),
};
static const struct field checkpoint_fields[] = {
	INT_F(export_line, size, REQ, 0, MERKLE_SIZE_MOST, ""),
	TEXT_ROW(export_line, note, "note", REQ),
};
static const struct field end_fields[] = {
	BOOL_F(export_line, end, REQ, ""),
	INT_F(export_line, facts, REQ, 0, MERKLE_SIZE_MOST, ""),
	INT_F(export_line, left_out, REQ, 0, MERKLE_SIZE_MOST, ""),
	TEXT_ROW(export_line, checkpoint, "checkpoint", REQ),
};
static const struct schema line_schemas[] = {
	[LINE_FIRST] = SCHEMA("export_first", struct export_line, first_fields, ""),
	[LINE_ENTRY] = SCHEMA("export_entry", struct export_line, entry_fields, ""),
	[LINE_CHECKPOINT] = SCHEMA("export_checkpoint", struct export_line, checkpoint_fields, ""),
	[LINE_END] = SCHEMA("export_end", struct export_line, end_fields, ""),
};
/* The keys in it are whoever wrote it says; others are given. */
static const char *const passed_over[] = {"keys", NULL};

struct ledger {
	struct uuid stream; /* zero: none here */
	int64_t seq;
	struct digest leaf;
};

struct export_check {
	struct arena *arena;
	struct verification result;
	struct checking checking;
	struct text origin;
	struct uuid authority;
	struct merkle_range range;
	struct ledger *ledgers; /* by the id's last bytes, open addressing */
	size_t room, ledger_count;
	size_t lines, checkpoints;
	struct text newest; /* note */
	int64_t sealed;	    /* its size */
	int64_t left_out;
	bool ended;
};

/* ---- ledgers */

static struct ledger *ledger_find(struct ledger *ledgers, size_t room, struct uuid stream)
{
	uint64_t hash;

	memcpy(&hash, stream.bytes + 8, sizeof(hash));
	for (size_t i = (size_t)(hash * UINT64_C(0x9e3779b97f4a7c15)) & (room - 1);;
	     i = (i + 1) & (room - 1))
		if (uuid_is_zero(ledgers[i].stream) || uuid_eq(ledgers[i].stream, stream))
			return &ledgers[i];
}

static struct ledger *ledger_of(struct export_check *c, struct uuid stream)
{
	struct ledger *found = ledger_find(c->ledgers, c->room, stream);
	struct ledger *grown;

	if (!uuid_is_zero(found->stream))
		return found;
	if (++c->ledger_count * 2 > c->room) {
		grown = arena_array(c->arena, struct ledger, c->room * 2);
		for (size_t i = 0; i < c->room; i++)
			if (!uuid_is_zero(c->ledgers[i].stream))
				*ledger_find(grown, c->room * 2, c->ledgers[i].stream) =
					c->ledgers[i];
		c->ledgers = grown;
		c->room *= 2;
		found = ledger_find(c->ledgers, c->room, stream);
	}
	found->stream = stream;
	return found;
}

/* ---- lines; each false when a fault was found */

static struct text line_here(struct export_check *c)
{
	return text_printf(c->arena, "line %zu", c->lines);
}

static bool wrong(struct export_check *c, const char *sentence)
{
	return check_fault(&c->checking, line_here(c), "%s", sentence);
}

static bool take_first(struct export_check *c, const struct export_line *line)
{
	if (!text_is(line->format, EXPORT_FORMAT))
		return wrong(c, "This form of an export is not known here.");
	c->authority = line->authority;
	c->origin = text_copy(c->arena, line->origin);
	return true;
}

static bool take_entry(struct export_check *c, const struct export_line *line)
{
	struct entry_header header;
	struct ledger *ledger;
	struct digest digest;
	uint8_t nonce[16];
	struct flaw flaw;

	if (line->leaf_index != c->range.size)
		return wrong(c, "An entry is missing before this one, or stands twice: the log "
				"counts without a gap.");
	if (!entry_header_read(c->checking.arena, line->header, &header, &flaw))
		return wrong(c, "The entry's header cannot be read.");
	if (!uuid_eq(header.authority, c->authority))
		return wrong(c, "The entry is of another authority's log.");
	if (!uuid_eq(header.stream, line->stream))
		return wrong(c, "The entry is of another ledger than the line says.");
	if (!text_unhex(line->nonce, nonce, sizeof(nonce)))
		return wrong(c, "The nonce is not 32 hexadecimal digits.");
	digest = sha256((struct text){(const char *)nonce, sizeof(nonce)}, line->body, TEXT_NONE);
	if (!digest_eq(&digest, &header.body_digest))
		return wrong(c, "The entry's words are not those that were recorded.");
	ledger = ledger_of(c, header.stream);
	if (header.seq != ledger->seq + 1 || !digest_eq(&header.prev_leaf, &ledger->leaf))
		return wrong(c, "The entry does not follow the one before it in its ledger.");
	ledger->seq = header.seq;
	ledger->leaf = header.leaf;
	merkle_range_add(&c->range, &header.leaf);
	return true;
}

static bool take_checkpoint(struct export_check *c, const struct export_line *line)
{
	struct digest root = merkle_range_root(&c->range);
	struct checkpoint checkpoint;
	const char *why = "";

	if (!checkpoint_open(line->note, c->checking.keys, c->checking.key_count, &checkpoint,
			     &why))
		return wrong(c, why);
	if (!text_eq(checkpoint.origin, c->origin))
		return wrong(c, "The checkpoint is another log's.");
	if (checkpoint.size != line->size || checkpoint.size != c->range.size)
		return wrong(c, "The checkpoint is of another size than the entries before it.");
	if (!digest_eq(&checkpoint.root, &root))
		return wrong(c, "The entries up to here are not those that this checkpoint was "
				"signed over.");
	c->checkpoints++;
	c->newest = text_copy(c->arena, line->note);
	c->sealed = checkpoint.size;
	return true;
}

static bool take_end(struct export_check *c, const struct export_line *line)
{
	c->ended = true;
	c->left_out = line->left_out;
	if (!line->end || line->facts != c->range.size)
		return wrong(c, "The last line counts other entries than there are: some are "
				"missing.");
	if (c->range.size != c->sealed)
		return check_fault(&c->checking, line_here(c),
				   "%lld entries stand behind the newest checkpoint: nobody signed "
				   "anything over them, and an export has none of those.",
				   (long long)(c->range.size - c->sealed));
	return text_eq(line->checkpoint, c->newest) ||
	       wrong(c, "The last line names another checkpoint than the newest one here.");
}

static enum line_kind kind_of(const struct export_check *c, struct text line)
{
	if (c->lines == 1)
		return LINE_FIRST;
	if (memmem(line.at, line.len, "\"header\":", 9))
		return LINE_ENTRY;
	return memmem(line.at, line.len, "\"end\":", 6) ? LINE_END : LINE_CHECKPOINT;
}

static bool take(struct export_check *c, struct text text)
{
	enum line_kind kind = kind_of(c, text);
	struct json_errors errors = {0};
	struct export_line line = {0};

	if (c->ended)
		return wrong(c, "Something stands behind the last line.");
	if (!json_decode(c->checking.arena, text, &line_schemas[kind], JSON_REQUEST,
			 kind == LINE_FIRST ? passed_over : NULL, &line, &errors))
		return check_fault(&c->checking, line_here(c), "This line cannot be read: %.*s",
				   TEXT_FMT(((struct json_error *)errors.items.items)->detail));
	switch (kind) {
	case LINE_FIRST:
		return take_first(c, &line);
	case LINE_ENTRY:
		return take_entry(c, &line);
	case LINE_CHECKPOINT:
		return take_checkpoint(c, &line);
	case LINE_END:
		break;
	}
	return take_end(c, &line);
}

/* ---- the whole */

bool export_begins(struct text first_line)
{
	return text_is(json_member_slice(first_line, "format"), "\"" EXPORT_FORMAT "\"");
}

struct export_check *export_check_new(struct arena *arena, const struct note_key *keys,
				      size_t key_count)
{
	struct export_check *c = arena_make(arena, struct export_check);

	c->arena = arena;
	c->result = (struct verification){.verdict = VERDICT_HOLDS, .format = EXPORT_FORMAT};
	c->checking = (struct checking){arena, keys, key_count, &c->result};
	c->room = 1024;
	c->ledgers = arena_array(arena, struct ledger, c->room);
	return c;
}

bool export_check_line(struct export_check *c, struct text line)
{
	struct arena *scratch = arena_new();
	struct finding *fault;
	bool sound;

	c->lines++;
	c->checking.arena = scratch;
	sound = take(c, line);
	c->checking.arena = c->arena;
	if (!sound) {
		fault = arena_copy(c->arena, &c->result.findings[c->result.finding_count - 1],
				   sizeof(*fault));
		fault->sentence = text_copy(c->arena, fault->sentence);
		c->result.findings = fault;
		c->result.finding_count = 1;
	}
	arena_free(scratch);
	return sound;
}

void export_check_end(struct export_check *c, struct verification *out)
{
	if (c->result.verdict == VERDICT_HOLDS && !c->ended)
		check_fault(&c->checking, line_here(c),
			    "The last line is missing: the file was cut off.");
	if (c->result.verdict == VERDICT_HOLDS) {
		check_add(&c->checking, FINDING_HOLDS, TEXT(""),
			  text_printf(
				  c->arena,
				  "%lld entries of %zu %s are here without a gap, each chained to "
				  "the one before it in its ledger, and their words are those "
				  "that were recorded.",
				  (long long)c->range.size, c->ledger_count,
				  c->ledger_count == 1 ? "ledger" : "ledgers"));
		check_add(&c->checking, FINDING_HOLDS, TEXT(""),
			  text_printf(c->arena,
				      "Of the log %.*s, %zu checkpoints up to %lld entries are "
				      "signed over exactly these.",
				      TEXT_FMT(c->origin), c->checkpoints, (long long)c->sealed));
		check_add(
			&c->checking, FINDING_UNCHECKED, TEXT(""),
			text_printf(c->arena,
				    "Whether the log goes on beyond this file: ask for a newer "
				    "checkpoint. It says itself that %lld entries were not sealed "
				    "yet and are left out.",
				    (long long)c->left_out));
		check_add(&c->checking, FINDING_UNCHECKED, TEXT(""),
			  TEXT("Whether what the entries say follows from one another: concordatd "
			       "verify replays them. And whether the key is the service's own: "
			       "compare it with one that you were given otherwise."));
	}
	*out = c->result;
}
