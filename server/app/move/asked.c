/*
 * asked.c - a move's JSON to the request that the core decides on.
 *
 * One object holds the move's own members and those that every move may carry beside them: each is
 * read by its own field table, which lets the other's members pass.
 */
#include "move/asked.h"

#include "concordat/core/protocol.h"
#include "view/tell.h"

/* "move", and every member of the table; NULL-terminated. */
const char *const *members_of(struct arena *arena, const struct schema *schema)
{
	const char **names = arena_array(arena, const char *, schema->count + 2);

	names[0] = "move";
	for (size_t i = 0; i < schema->count; i++)
		names[i + 1] = schema->fields[i].name;
	return names;
}

static bool refuse_beside(struct call *call, struct json_errors *errors, const char *pointer,
			  const char *says)
{
	field_error(call->arena, errors, pointer, says);
	return false;
}

/* What another said is stated whole: who, when, and what shows it. */
static bool read_said(struct call *call, const struct move_beside *beside, struct request *request,
		      struct json_errors *errors)
{
	const struct evidence *evidence = &beside->evidence;
	bool has_evidence = evidence->entry != NO_INT || evidence->reference.at;
	struct said *said;

	request->said = NULL;
	if (beside->on_behalf_of == NO_ENUM) {
		if (beside->occurred_at_us != NEVER_US && request->move != MOVE_RECORD_SERVICE)
			return refuse_beside(call, errors, "/occurred_at",
					     "is for what the other side said (on_behalf_of), and "
					     "for when a notice was served. Leave it out.");
		if (has_evidence)
			return refuse_beside(call, errors, "/evidence",
					     "is for what the other side said (on_behalf_of). "
					     "Leave it out.");
		return true;
	}
	if (beside->occurred_at_us == NEVER_US)
		return refuse_beside(call, errors, "/occurred_at",
				     "is required: when the other side said so.");
	if (!has_evidence)
		return refuse_beside(call, errors, "/evidence",
				     "is required: the entry of an attached document, or a "
				     "reference.");
	said = arena_make(call->arena, struct said);
	*said = (struct said){beside->on_behalf_of, *evidence};
	request->said = said;
	return true;
}

static bool read_beside(struct call *call, struct request *request, struct json_errors *errors)
{
	struct move_beside beside;

	if (!json_decode(call->arena, call->body, &move_beside_schema, JSON_REQUEST,
			 members_of(call->arena, move_schema(request->move)), &beside, errors))
		return false;
	request->thread = beside.thread;
	request->occurred_at_us = beside.occurred_at_us;
	return read_said(call, &beside, request, errors);
}

static bool read_data(struct call *call, struct request *request, const char *const *beside,
		      struct json_errors *errors)
{
	const struct schema *schema = move_schema(request->move);
	void *data = arena_alloc(call->arena, schema->size);

	if (!json_decode(call->arena, call->body, schema, JSON_REQUEST, beside, data, errors))
		return false;
	request->data = data;
	return true;
}

bool asked_move(struct call *call, struct request *request, struct json_errors *errors)
{
	struct text name = json_member(call->arena, call->body, "move", errors);
	int32_t move = enum_parse(move_names, name);

	if (errors->items.count)
		return false;
	if (move == NO_ENUM || protocol_move((enum move)move)->sides == BIT(SIDE_TIME)) {
		field_error(call->arena, errors, "/move",
			    name.at ? "is no move of the protocol. The placement's allowed_moves "
				      "name what can be done."
				    : "is required: the move's name.");
		return false;
	}
	request->move = (enum move)move;
	return read_beside(call, request, errors) &&
	       read_data(call, request, members_of(call->arena, &move_beside_schema), errors);
}

bool asked_opening(struct call *call, struct request *request, struct json_errors *errors)
{
	request->move = MOVE_OPEN_PLACEMENT;
	request->thread = NO_INT;
	return read_data(call, request, NULL, errors);
}
