/*
 * tell.c - what becomes of a move, in the words its mover reads.
 *
 * A receipt is a function of the key's row and its facts, so that a repeat gets the same one: what
 * a party had seen up to an entry does not change later, and so neither do its numbers.
 */
#include "view/tell.h"

#include "internal.h"

static struct text version_text(struct arena *arena, int32_t version)
{
	return text_printf(arena, "v%d", version);
}

struct text receipt_entries(struct arena *arena, const struct placement *placement,
			    const struct party *party, int32_t first_seq, int32_t last_seq)
{
	struct writer w;

	writer_init(&w, arena);
	writer_char(&w, '[');
	for (int32_t seq = first_seq; seq <= last_seq; seq++) {
		int32_t entry = party_entry(placement, party, seq);

		if (entry)
			writer_printf(&w, w.len > 1 ? ",%d" : "%d", entry);
	}
	writer_char(&w, ']');
	return writer_text(&w);
}

void tell_receipt(struct call *call, struct uuid placement, struct text reference, enum move move,
		  struct text entries, const struct receipt_row *row)
{
	bool opened = move == MOVE_OPEN_PLACEMENT;
	struct text id = uuid_text(call->arena, placement);
	struct reply reply = {.status = opened ? 201 : 200};
	struct writer w;

	writer_init(&w, call->arena);
	writer_printf(&w,
		      "{\"entries\":%.*s,\"move\":\"%s\",\"placement\":\"%.*s\",\"recorded_at\":",
		      TEXT_FMT(entries), move_names[move], TEXT_FMT(id));
	canon_string(&w, instant_text(call->arena, row->recorded_at_us));
	writer_puts(&w, ",\"reference\":");
	canon_string(&w, reference);
	writer_printf(&w, ",\"version\":\"v%d\"}", row->version);
	reply.body = writer_text(&w);
	if (opened)
		reply.location = text_printf(call->arena, "/v1/placements/%.*s", TEXT_FMT(id));
	call_finish(call, &reply);
}

void tell_standing(struct call *call, struct problem *problem)
{
	const struct standing *standing = call->described;

	problem->version = version_text(call->arena, standing->party->version);
	problem->allowed_moves =
		view_allowed_moves(call->arena, standing->world, standing->placement,
				   standing->actor, call->received_us);
}

void tell_version(struct call *call)
{
	struct problem problem = {0};

	if (call->has_if_match) {
		problem.status = 412;
		problem.code = "version_stale";
		problem.detail = TEXT("The placement has changed since the version you named. Read "
				      "it again, and move on what you see then.");
	} else {
		problem.status = 428;
		problem.code = "version_required";
		problem.detail = TEXT("Say which version of the placement you have seen, in "
				      "If-Match, so that nobody moves on old news.");
	}
	call_finish_problem(call, &problem);
}

void field_error(struct arena *arena, struct json_errors *errors, const char *pointer,
		 const char *detail)
{
	struct json_error *items = errors->items.items;

	*LIST_ADD(arena, items, errors->items.count) = (struct json_error){
		text_of(pointer),
		text_printf(arena, "\"%s\" %s", pointer + 1, detail),
	};
	errors->items.items = items;
}

void tell_field(struct call *call, const char *pointer, const char *detail)
{
	struct json_errors errors = {0};

	field_error(call->arena, &errors, pointer, detail);
	call_json_errors(call, &errors);
}

void tell_unreadable(struct call *call)
{
	call_problem(call, 503, "placement_unreadable",
		     TEXT("This placement's record cannot be read as it stands, so nothing is done "
			  "with it. The service's operator has been told."));
}

const struct problem *refusal_problem(struct arena *arena, const struct world *world,
				      const struct decision *decision, const struct actor *actor,
				      int64_t now_us)
{
	const struct party *party = placement_party(decision->after, actor->organisation);
	struct problem *problem = arena_make(arena, struct problem);
	struct json_error *errors = NULL;

	*problem = (struct problem){
		.status = 409,
		.code = decision->refusal.rule,
		.detail = text_copy(arena, decision->refusal.sentence),
	};
	if (decision->refusal.pointer.at) {
		*LIST_ADD(arena, errors, problem->errors.count) = (struct json_error){
			text_copy(arena, decision->refusal.pointer), problem->detail};
		problem->errors.items = errors;
	}
	if (party) {
		problem->version = version_text(arena, party->version);
		problem->allowed_moves =
			view_allowed_moves(arena, world, decision->after, actor, now_us);
	}
	return problem;
}
