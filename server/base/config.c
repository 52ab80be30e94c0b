/*
 * config.c - fills a config from its sources.
 *
 * Walks the table in settings.c. Sources are read one after another, each over
 * the last. Where a value came from goes with it, so that a refusal can name the
 * file and the line.
 */
#include "concordat/base/config.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "concordat/base/report.h"

#define FILE_MOST ((size_t)64 * 1024)
#define SETTINGS_MOST 64
#define ENV_PREFIX "CONCORDAT_"

/* One load: where values go, and the sentence when one is wrong. */
struct load {
	struct arena *arena;
	struct config *config;
	struct text *why;
};

static const char **text_field(struct config *config, const struct setting *setting)
{
	return (const char **)((char *)config + setting->offset);
}

static int64_t *number_field(struct config *config, const struct setting *setting)
{
	return (int64_t *)((char *)config + setting->offset);
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static struct text trim(struct text t)
{
	while (t.len && is_space(t.at[0])) {
		t.at++;
		t.len--;
	}
	while (t.len && is_space(t.at[t.len - 1]))
		t.len--;
	return t;
}

/* Takes the text up to the mark off the front of *rest; all of it when there is no mark. */
static struct text cut(struct text *rest, char mark)
{
	const char *found = rest->len ? memchr(rest->at, mark, rest->len) : NULL;
	struct text piece = {rest->at, found ? (size_t)(found - rest->at) : rest->len};
	size_t taken = piece.len + (found ? 1 : 0);

	rest->at += taken;
	rest->len -= taken;
	return piece;
}

/* LISTEN-PORT and listen_port are one key. */
static struct text plain_key(struct arena *arena, struct text key)
{
	char *plain = arena_alloc(arena, key.len + 1);

	for (size_t i = 0; i < key.len; i++) {
		char c = key.at[i];

		plain[i] = c == '-' ? '_' : c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	return (struct text){plain, key.len};
}

static const struct setting *setting_find(struct text key)
{
	for (size_t i = 0; i < settings_count; i++)
		if (text_is(key, settings[i].key))
			return &settings[i];
	return NULL;
}

static const struct setting *setting_nearest(struct text key)
{
	const struct setting *nearest = NULL;
	size_t least = key.len / 3 > 2 ? key.len / 3 + 1 : 3;

	for (size_t i = 0; i < settings_count; i++) {
		size_t apart = text_distance(key, text_of(settings[i].key));

		if (apart < least) {
			least = apart;
			nearest = &settings[i];
		}
	}
	return nearest;
}

static bool fail_unknown(struct load *load, struct text where, struct text key)
{
	const struct setting *nearest = setting_nearest(key);

	if (nearest)
		*load->why =
			text_printf(load->arena, "%.*s: there is no setting %.*s. Did you mean %s?",
				    TEXT_FMT(where), TEXT_FMT(key), nearest->key);
	else
		*load->why = text_printf(load->arena,
					 "%.*s: there is no setting %.*s. Take the line out, or "
					 "see the list of settings in the manual.",
					 TEXT_FMT(where), TEXT_FMT(key));
	return false;
}

static bool parse_bool(struct text value, int64_t *out)
{
	static const char *const words[] = {"false", "true", "no", "yes", "off", "on", "0", "1"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (text_is(value, words[i])) {
			*out = i % 2;
			return true;
		}
	}
	return false;
}

static bool set_value(struct load *load, const struct setting *setting, struct text value,
		      struct text where)
{
	int64_t number;

	switch (setting->kind) {
	case SETTING_INT:
		if (!text_to_int(value, &number) || number < setting->least ||
		    number > setting->most) {
			*load->why = text_printf(
				load->arena,
				"%.*s: %s is '%.*s'. Give a whole number from %lld to %lld.",
				TEXT_FMT(where), setting->key, TEXT_FMT(value),
				(long long)setting->least, (long long)setting->most);
			return false;
		}
		*number_field(load->config, setting) = number;
		return true;
	case SETTING_BOOL:
		if (!parse_bool(value, &number)) {
			*load->why =
				text_printf(load->arena, "%.*s: %s is '%.*s'. Give true or false.",
					    TEXT_FMT(where), setting->key, TEXT_FMT(value));
			return false;
		}
		*number_field(load->config, setting) = number;
		return true;
	case SETTING_TEXT:
	case SETTING_PATH:
	case SETTING_SECRET:
		break;
	}
	if (value.len && memchr(value.at, '\0', value.len)) {
		*load->why = text_printf(load->arena,
					 "%.*s: %s holds a NUL byte. Write it as plain text.",
					 TEXT_FMT(where), setting->key);
		return false;
	}
	*text_field(load->config, setting) = text_cstr(load->arena, value);
	return true;
}

static bool read_file(struct load *load, const char *path, struct text where, struct text *out)
{
	FILE *in = fopen(path, "re");
	char *bytes;

	if (!in) {
		*load->why = text_printf(load->arena,
					 "%.*s: the file %s cannot be read: %s. Give one that can.",
					 TEXT_FMT(where), path, strerror(errno));
		return false;
	}
	bytes = arena_alloc(load->arena, FILE_MOST + 1);
	*out = (struct text){bytes, fread(bytes, 1, FILE_MOST + 1, in)};
	if (ferror(in) || out->len > FILE_MOST) {
		*load->why = text_printf(load->arena,
					 "%.*s: the file %s %s. Give a plain settings file.",
					 TEXT_FMT(where), path,
					 ferror(in) ? "cannot be read" : "is longer than 64 KiB");
		fclose(in);
		return false;
	}
	fclose(in);
	return true;
}

static bool load_line(struct load *load, struct text line, struct text where, int number,
		      int seen[SETTINGS_MOST])
{
	const struct setting *setting;
	struct text key;
	bool has_value;

	line = trim(line);
	if (line.len == 0 || line.at[0] == '#')
		return true;
	has_value = memchr(line.at, '=', line.len) != NULL;
	key = plain_key(load->arena, trim(cut(&line, '=')));
	if (!has_value) {
		*load->why = text_printf(
			load->arena,
			"%.*s: '%.*s' has no '='. Write settings as key=value, remarks behind #.",
			TEXT_FMT(where), TEXT_FMT(key));
		return false;
	}
	setting = setting_find(key);
	if (!setting)
		return fail_unknown(load, where, key);
	if (seen[setting - settings]) {
		*load->why = text_printf(load->arena,
					 "%.*s: %s was already set on line %d. Keep one of them.",
					 TEXT_FMT(where), setting->key, seen[setting - settings]);
		return false;
	}
	seen[setting - settings] = number;
	return set_value(load, setting, trim(line), where);
}

static bool load_file(struct load *load, const char *path)
{
	int seen[SETTINGS_MOST] = {0};
	struct text rest;

	if (!read_file(load, path, TEXT("Settings"), &rest))
		return false;
	for (int number = 1; rest.len; number++) {
		struct text where = text_printf(load->arena, "%s, line %d", path, number);

		if (!load_line(load, cut(&rest, '\n'), where, number, seen))
			return false;
	}
	return true;
}

/* The setting that CONCORDAT_<key>_FILE names; master_key_file itself is no such key. */
static const struct setting *setting_from_file(struct text key)
{
	const struct text tail = TEXT("_file");

	if (setting_find(key) || key.len <= tail.len)
		return NULL;
	key.len -= tail.len;
	return memcmp(key.at + key.len, tail.at, tail.len) == 0 ? setting_find(key) : NULL;
}

/* Two passes: a value in a file wins over one in the variable itself. */
static bool load_variable(struct load *load, const char *variable, bool files)
{
	struct text rest = text_of(variable), name = cut(&rest, '='), key, where, bytes;
	const struct setting *plain, *from_file;

	if (!text_starts(name, ENV_PREFIX))
		return true;
	where = text_printf(load->arena, "Environment variable %.*s", TEXT_FMT(name));
	name.at += sizeof(ENV_PREFIX) - 1;
	name.len -= sizeof(ENV_PREFIX) - 1;
	key = plain_key(load->arena, name);
	plain = setting_find(key);
	from_file = setting_from_file(key);
	if (!plain && !from_file)
		return fail_unknown(load, where, key);
	if (plain)
		return files || set_value(load, plain, rest, where);
	if (!files)
		return true;
	if (!read_file(load, text_cstr(load->arena, rest), where, &bytes))
		return false;
	return set_value(load, from_file, trim(cut(&bytes, '\n')), where);
}

static bool load_environment(struct load *load, char **env)
{
	for (char **variable = env; variable && *variable; variable++)
		if (!load_variable(load, *variable, false))
			return false;
	for (char **variable = env; variable && *variable; variable++)
		if (!load_variable(load, *variable, true))
			return false;
	return true;
}

static bool load_flags(struct load *load, int flags, char **flag)
{
	for (int i = 0; i < flags; i++) {
		struct text rest = text_of(flag[i]), where, key;
		bool has_value = strchr(flag[i], '=') != NULL;
		const struct setting *setting;

		if (!text_starts(rest, "--")) {
			*load->why = text_printf(load->arena,
						 "'%s' is no flag. Write flags as --key=value.",
						 flag[i]);
			return false;
		}
		rest.at += 2;
		rest.len -= 2;
		key = plain_key(load->arena, cut(&rest, '='));
		where = text_printf(load->arena, "Flag --%.*s", TEXT_FMT(key));
		setting = setting_find(key);
		if (!setting)
			return fail_unknown(load, where, key);
		if (!has_value && i + 1 == flags) {
			*load->why =
				text_printf(load->arena, "%.*s has no value. Write --%s=value.",
					    TEXT_FMT(where), setting->key);
			return false;
		}
		if (!set_value(load, setting, has_value ? rest : text_of(flag[++i]), where))
			return false;
	}
	return true;
}

static struct text bad_spans(const struct load *load, const char *key, const char *value)
{
	return text_printf(load->arena,
			   "%s is '%s'. Give waits such as 30m 1h 2h: whole numbers with ms, s, m, "
			   "h or d behind, spaces between, %d at most.",
			   key, value, SPANS_MOST);
}

/* What one row of the table cannot say. */
static bool check_together(struct load *load)
{
	struct config *c = load->config;
	enum report_level level;

	if (!report_level_parse(c->log_level, &level))
		*load->why = text_printf(load->arena,
					 "log_level is '%s'. Give debug, info, warning or error.",
					 c->log_level);
	else if (!c->tls_certificate[0] != !c->tls_key[0])
		*load->why = TEXT("Only one of tls_certificate and tls_key is set. Set both, or "
				  "neither to serve plain HTTP behind a proxy.");
	else if (!text_starts(text_of(c->public_url), "http://") &&
		 !text_starts(text_of(c->public_url), "https://"))
		*load->why = text_printf(
			load->arena,
			"public_url is '%s'. Give an address that starts with https:// or http://.",
			c->public_url);
	else if (strcmp(c->seal_after, "local") &&
		 (!text_starts(text_of(c->seal_after), "standby:") ||
		  !c->seal_after[sizeof("standby:") - 1]))
		*load->why = text_printf(
			load->arena,
			"seal_after is '%s'. Give local, or standby:NAME with the standby's "
			"application_name.",
			c->seal_after);
	else if (!spans_parse(text_of(c->smtp_retry), &c->smtp_retries))
		*load->why = bad_spans(load, "smtp_retry", c->smtp_retry);
	else if (!spans_parse(text_of(c->webhook_retry), &c->webhook_retries))
		*load->why = bad_spans(load, "webhook_retry", c->webhook_retry);
	else if (!relays_parse(load->arena, text_of(c->smtp_url), c->smtp_user, c->smtp_password,
			       &c->smtp_relays, &c->smtp_url, load->why))
		return false;
	else if (!c->database[0])
		*load->why = TEXT("database is empty. Give a PostgreSQL connection string.");
	return load->why->len == 0;
}

bool config_load(struct arena *arena, struct config *config, const char *file, char **env,
		 int flags, char **flag, struct text *why)
{
	struct load load = {arena, config, why};

	assert(settings_count <= SETTINGS_MOST);

	*why = TEXT_NONE;
	*config = (struct config){0};
	for (size_t i = 0; i < settings_count; i++)
		if (!set_value(&load, &settings[i], text_of(settings[i].fallback), TEXT("Default")))
			return false;
	if (file && !load_file(&load, file))
		return false;
	if (!load_environment(&load, env) || !load_flags(&load, flags, flag) ||
	    !check_together(&load))
		return false;
	if (!config->database_reader[0])
		config->database_reader = config->database;
	if (!config->database_owner[0])
		config->database_owner = config->database;
	return true;
}
