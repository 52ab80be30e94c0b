/*
 * json.c - bytes to a parsed text, and single members of it.
 *
 * First the scan, then the parser, which refuses a member that stands twice (also when one of them
 * is written with escapes), bytes that are not UTF-8 and NUL escapes. Structs are json_decode.c's;
 * what the service stored itself is stored.c's.
 */
#include <limits.h>

#include "json_parts.h"

static const char *fault_sentence(enum json_error_code code)
{
	switch (code) {
	case json_error_premature_end_of_input:
		return "The text ends before the JSON does. Send all of it.";
	case json_error_end_of_input_expected:
		return "Something follows the end of the JSON. Send one value only.";
	case json_error_duplicate_key:
		return "This member is given twice. Leave one out.";
	case json_error_invalid_utf8:
		return "This is not UTF-8. Send the text in UTF-8.";
	case json_error_null_character:
	case json_error_null_byte_in_key:
		return "There is a NUL character here. Take it out.";
	case json_error_numeric_overflow:
		return "This number is too large.";
	case json_error_stack_overflow:
		return "This is nested too deep. Use fewer levels.";
	case json_error_unknown:
	case json_error_out_of_memory:
	case json_error_cannot_open_file:
	case json_error_invalid_argument:
	case json_error_invalid_syntax:
	case json_error_invalid_format:
	case json_error_wrong_type:
	case json_error_null_value:
	case json_error_item_not_found:
	case json_error_index_out_of_range:
		break;
	}
	return "This is not JSON (RFC 8259).";
}

static json_t *parse(struct arena *arena, struct text json, struct json_errors *errors)
{
	json_error_t fault;
	json_t *parsed;
	struct text pointer;

	parsed = json_loadb(json.at, json.len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &fault);
	if (!parsed) {
		errors->not_json = true;
		pointer = json_pointer_at(arena, json,
					  fault.position > 0 ? (size_t)fault.position : 0);
		json_error_add(arena, errors, pointer,
			       text_printf(arena, "%s It is in line %d, at column %d.",
					   fault_sentence(json_error_code(&fault)), fault.line,
					   fault.column));
		return NULL;
	}
	if (!json_is_object(parsed)) {
		json_error_add(arena, errors, TEXT(""), TEXT("The JSON must be an object."));
		json_decref(parsed);
		return NULL;
	}
	return parsed;
}

json_t *json_read(struct arena *arena, struct text json, struct json_errors *errors)
{
	*errors = (struct json_errors){0};
	return json_scan(arena, json, errors) ? parse(arena, json, errors) : NULL;
}

struct text json_member(struct arena *arena, struct text json, const char *name,
			struct json_errors *errors)
{
	json_t *parsed = json_read(arena, json, errors);
	const json_t *member = json_object_get(parsed, name);
	struct text value = TEXT_NONE;

	if (json_is_string(member))
		value = text_copy(arena, (struct text){json_string_value(member),
						       json_string_length(member)});
	json_decref(parsed);
	return value;
}

struct text json_member_raw(struct arena *arena, struct text json, const char *name)
{
	struct json_errors errors;
	json_t *parsed = json_read(arena, json, &errors);

	if (!parsed)
		return TEXT_NONE;
	json_decref(parsed);
	return text_copy(arena, json_member_slice(json, name));
}
