/*
 * json_scan.c - what is looked at in JSON before and beside parsing it.
 *
 * The parser drops a NUL behind a number without a word, goes 2,048 levels deep by recursion, and
 * says where an error is by byte alone. So NULs and levels are refused here first, and a byte's
 * place is turned into a JSON pointer. Everything here is safe on arbitrary bytes.
 */
#include <string.h>

#include "json_parts.h"

/* A token: one of {}[]:, or '"' for a string or 'v' for any other run of bytes; 0 at the end. */
struct token {
	char kind;
	size_t from, to;
	bool closed; /* a string that has its last quote */
};

struct level {
	bool is_list;
	size_t index;
	struct text key; /* as written, between the quotes; TEXT_NONE before it is known */
};

struct walk {
	struct text json;
	size_t at;
	struct level levels[LEVELS_MOST];
	size_t depth;
	bool key_next; /* the next string is a key */
};

/* What a byte is to the scan; 0 for those inside of a word. */
enum { BLANK = 1, MARK, QUOTE };
static const uint8_t byte_kinds[256] = {
	[' '] = BLANK, ['\t'] = BLANK, ['\n'] = BLANK, ['\r'] = BLANK, ['{'] = MARK,  ['}'] = MARK,
	['['] = MARK,  [']'] = MARK,   [':'] = MARK,   [','] = MARK,   ['"'] = QUOTE,
};

static int byte_kind(char c)
{
	return byte_kinds[(uint8_t)c];
}

static size_t string_end(struct text json, size_t from, bool *closed)
{
	size_t at = from + 1;

	*closed = false;
	while (at < json.len && json.at[at] != '"')
		at += json.at[at] == '\\' ? 2 : 1;
	if (at >= json.len)
		return json.len;
	*closed = true;
	return at + 1;
}

static struct token token_next(struct text json, size_t at)
{
	struct token token = {0};

	while (at < json.len && byte_kind(json.at[at]) == BLANK)
		at++;
	token.from = token.to = at;
	if (at >= json.len)
		return token;
	token.kind = json.at[at];
	token.to = at + 1;
	if (token.kind == '"') {
		token.to = string_end(json, at, &token.closed);
	} else if (!byte_kind(token.kind)) {
		token.kind = 'v';
		while (token.to < json.len && !byte_kind(json.at[token.to]))
			token.to++;
	}
	return token;
}

/* Takes one token into account; false when the levels are used up. */
static bool walk_take(struct walk *walk, struct token token)
{
	struct level *level = walk->depth ? &walk->levels[walk->depth - 1] : NULL;

	walk->at = token.to;
	if (token.kind == '{' || token.kind == '[') {
		if (walk->depth == LEVELS_MOST)
			return false;
		walk->levels[walk->depth++] = (struct level){.is_list = token.kind == '['};
		walk->key_next = token.kind == '{';
	} else if (token.kind == '}' || token.kind == ']') {
		walk->depth -= walk->depth > 0;
		walk->key_next = false;
	} else if (token.kind == ',' && level) {
		level->index++;
		level->key = TEXT_NONE;
		walk->key_next = !level->is_list;
	} else if (token.kind == '"' && walk->key_next && token.closed && level) {
		level->key =
			(struct text){walk->json.at + token.from + 1, token.to - token.from - 2};
		walk->key_next = false;
	}
	return true;
}

/* A key may be written with escapes; the parser knows them. False when it is broken. */
static bool key_put(struct writer *w, struct text key)
{
	json_t *parsed = json_loadb(key.at - 1, key.len + 2, JSON_DECODE_ANY, NULL);
	bool sound = json_is_string(parsed);

	if (sound)
		pointer_put(w,
			    (struct text){json_string_value(parsed), json_string_length(parsed)});
	json_decref(parsed);
	return sound;
}

static struct text walk_pointer(struct arena *arena, const struct walk *walk)
{
	struct writer w;

	writer_init(&w, arena);
	for (size_t i = 0; i < walk->depth; i++) {
		const struct level *level = &walk->levels[i];

		if (level->is_list)
			writer_printf(&w, "/%zu", level->index);
		else if (!level->key.at || !key_put(&w, level->key))
			break;
	}
	return writer_text(&w);
}

static bool key_is(struct text key, const char *name)
{
	json_t *parsed = json_loadb(key.at - 1, key.len + 2, JSON_DECODE_ANY, NULL);
	bool is = json_is_string(parsed) && strcmp(json_string_value(parsed), name) == 0;

	json_decref(parsed);
	return is;
}

static bool refuse(struct arena *arena, struct json_errors *errors, struct text pointer,
		   const char *detail)
{
	errors->not_json = true;
	json_error_add(arena, errors, pointer, text_of(detail));
	return false;
}

struct text json_pointer_at(struct arena *arena, struct text json, size_t offset)
{
	struct walk walk = {.json = json};
	struct token token = token_next(json, 0);

	while (token.kind && token.to <= offset && walk_take(&walk, token))
		token = token_next(json, walk.at);
	return walk_pointer(arena, &walk);
}

bool json_scan(struct arena *arena, struct text json, struct json_errors *errors)
{
	struct walk walk = {.json = json};
	struct token token = token_next(json, 0);
	const char *nul;

	if (!token.kind)
		return refuse(arena, errors, TEXT(""),
			      "There is nothing here. Send a JSON object.");
	if (text_starts(json, "\xef\xbb\xbf"))
		return refuse(arena, errors, TEXT(""),
			      "The text begins with a byte order mark. Leave it out.");
	nul = memchr(json.at, 0, json.len);
	if (nul)
		return refuse(arena, errors, json_pointer_at(arena, json, (size_t)(nul - json.at)),
			      "There is a NUL byte here. Take it out.");
	for (; token.kind; token = token_next(json, walk.at))
		if (!walk_take(&walk, token))
			return refuse(arena, errors, walk_pointer(arena, &walk),
				      "This is nested more than 32 levels deep. Use fewer.");
	return true;
}

struct text json_member_slice(struct text json, const char *name)
{
	struct walk walk = {.json = json};
	struct token token = token_next(json, 0);
	bool found = false;
	size_t from = 0, to = 0;

	for (; token.kind && walk_take(&walk, token); token = token_next(json, walk.at)) {
		bool outermost = walk.depth == 1 && !walk.levels[0].is_list;

		if (found && ((outermost && token.kind == ',') || walk.depth == 0))
			return (struct text){json.at + from, to - from};
		if (!found && outermost && token.kind == ':' && walk.levels[0].key.at &&
		    key_is(walk.levels[0].key, name)) {
			found = true;
			from = token_next(json, token.to).from;
		}
		to = token.to;
	}
	return TEXT_NONE;
}
