/*
 * problem.c - problems as RFC 9457 has them: what went wrong, and what to do next.
 *
 * Members stand in the RFC's order and not canonically: people read them, nothing signs them.
 */
#include "concordat/wire/json.h"

static const struct {
	int status;
	const char *title;
} titles[] = {
	{400, "The request is malformed"},
	{401, "Sign in first"},
	{403, "You may not do this"},
	{404, "There is nothing here that you may see"},
	{405, "This method is not for this address"},
	{406, "None of the formats you accept"},
	{409, "This cannot be done now"},
	{410, "This is gone"},
	{412, "It has changed since you read it"},
	{413, "The request is too large"},
	{414, "The address is too long"},
	{415, "The request's format is not supported"},
	{422, "This key was used for another request"},
	{428, "Say which version you have seen"},
	{429, "Too many requests"},
	{431, "The request's headers are too large"},
	{500, "Something went wrong here"},
	{501, "This is not supported"},
	{503, "Not available just now"},
	{505, "This version of HTTP is not supported"},
};

static const char *title_of(int status)
{
	for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
		if (titles[i].status == status)
			return titles[i].title;
	return status < 500 ? "The request was refused" : "Something went wrong here";
}

static void put_member(struct writer *w, const char *name, struct text value)
{
	if (!value.at)
		return;
	writer_printf(w, ",\"%s\":", name);
	canon_string(w, value);
}

static void put_errors(struct writer *w, const struct list *errors)
{
	const struct json_error *items = errors->items;

	if (errors->count == 0)
		return;
	writer_puts(w, ",\"errors\":[");
	for (size_t i = 0; i < errors->count; i++) {
		writer_puts(w, i ? ",{\"detail\":" : "{\"detail\":");
		canon_string(w, items[i].detail);
		writer_puts(w, ",\"pointer\":");
		canon_string(w, items[i].pointer);
		writer_char(w, '}');
	}
	writer_char(w, ']');
}

struct text problem_write(struct arena *arena, const struct problem *problem, const char *base_url)
{
	struct text base = text_url_base(text_of(base_url));
	const char *code = problem->code ? problem->code : "problem";
	struct writer w;

	writer_init(&w, arena);
	writer_puts(&w, "{\"type\":");
	canon_string(&w, text_printf(arena, "%.*s/problems/%s", TEXT_FMT(base), code));
	put_member(&w, "title",
		   text_of(problem->title ? problem->title : title_of(problem->status)));
	writer_printf(&w, ",\"status\":%d", problem->status);
	put_member(&w, "detail", problem->detail);
	put_member(&w, "code", text_of(code));
	put_errors(&w, &problem->errors);
	put_member(&w, "request_id", problem->request_id);
	put_member(&w, "version", problem->version);
	if (problem->allowed_moves.at) {
		writer_puts(&w, ",\"allowed_moves\":");
		writer_put(&w, problem->allowed_moves);
	}
	writer_char(&w, '}');
	return writer_text(&w);
}
