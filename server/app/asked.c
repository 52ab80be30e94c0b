/*
 * asked.c - a move's JSON to the request that the core decides on.
 */
#include "asked.h"

#include "concordat/core/protocol.h"
#include "tell.h"

static const char *const beside_data[] = {"move", "thread", NULL};

static bool read_thread(struct call *call, struct request *request, struct json_errors *errors)
{
	struct text raw = json_member_raw(call->arena, call->body, "thread");

	request->thread = NO_INT;
	if (!raw.at || (text_to_int(raw, &request->thread) && request->thread >= 1))
		return true;
	field_error(call->arena, errors, "/thread", "must be a whole number, 1 or more.");
	return false;
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
	return read_thread(call, request, errors) && read_data(call, request, beside_data, errors);
}

bool asked_opening(struct call *call, struct request *request, struct json_errors *errors)
{
	request->move = MOVE_OPEN_PLACEMENT;
	request->thread = NO_INT;
	return read_data(call, request, NULL, errors);
}
