/*
 * person.c - commands about one person's record: legal holds, and erasing it.
 *
 * Each opens the store for one move in the person's own record and ends.
 */
#include <event2/event.h>
#include <stdio.h>
#include <string.h>

#include "concordat/app/erasure.h"

#include "command.h"

struct asking {
	struct event_base *base;
	struct store *store;
	bool ended, done;
	struct text said;
};

static void on_done(bool done, struct text said, void *context)
{
	struct asking *asking = context;

	asking->ended = true;
	asking->done = done;
	asking->said = said;
	event_base_loopbreak(asking->base);
}

static void on_drained(void *context)
{
	struct asking *asking = context;

	event_base_loopbreak(asking->base);
}

static int run(const struct command_line *line, const struct person_request *request)
{
	struct asking asking = {.base = event_base_new()};
	struct text why = TEXT("libevent could not start.");

	if (asking.base)
		asking.store = store_new(asking.base, line->config, line->arena, &why);
	if (asking.store) {
		person_record_move(asking.store, line->config, line->arena, request, on_done,
				   &asking);
		if (!asking.ended)
			event_base_dispatch(asking.base);
		store_drain(asking.store, on_drained, &asking);
		event_base_dispatch(asking.base);
		store_free(asking.store);
		why = asking.said;
	}
	if (asking.base)
		event_base_free(asking.base);
	libevent_global_shutdown();
	if (!asking.done)
		return command_failed(why);
	printf("%.*s\n", TEXT_FMT(why));
	return 0;
}

static int usage(const char *sentence)
{
	command_failed(text_of(sentence));
	return 2;
}

/* words: the option that says why. */
static int ask(const struct command_line *line, enum person_fact_kind kind, const char *words)
{
	const char *authority = command_option(line, "authority");
	const char *person = command_option(line, "person");
	const char *placement = command_option(line, "placement");
	const char *why = command_option(line, words), *hold = command_option(line, "hold");
	struct person_request request = {
		.asked = {.kind = kind, .hold = NO_INT, .at_once = command_flag(line, "now")},
		.only_look = command_flag(line, "dry-run"),
	};

	if (!authority || !uuid_parse(text_of(authority), &request.authority))
		return usage("Say in whose records: --authority ID.");
	if (!person == !placement || (person && !uuid_parse(text_of(person), &request.person)))
		return usage("Say who: --person ID, or --placement REFERENCE of one of theirs.");
	if (placement)
		request.reference = text_of(placement);
	if (!why || !*why || strlen(why) > GROUNDS_MOST || strpbrk(why, "\r\n\t") ||
	    !text_is_utf8(text_of(why)))
		return usage(
			kind == PERSON_ERASED
				? "Say why, in one line of up to 300 bytes: --grounds TEXT. Name "
				  "the rule, order or request by its number and nothing about "
				  "the person: it stays in the log for good."
				: "Say why, in one line of up to 300 bytes: --reason TEXT. Name "
				  "the case by its number and nothing about the person: it stays "
				  "in the log for good.");
	if (hold && (!text_to_int(text_of(hold), &request.asked.hold) || request.asked.hold < 1))
		return usage("--hold takes the number that the hold was given.");
	request.asked.grounds = text_of(why);
	return run(line, &request);
}

int command_erase_person(const struct command_line *line)
{
	return ask(line, PERSON_ERASED, "grounds");
}

int command_hold_person(const struct command_line *line)
{
	return ask(line, PERSON_HOLD_PLACED, "reason");
}

int command_release_hold(const struct command_line *line)
{
	return ask(line, PERSON_HOLD_RELEASED, "reason");
}
