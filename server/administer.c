/*
 * administer.c - commands that set a service up: schema, first administrator, reference data.
 *
 * They run one statement at a time and wait for it; nothing else is going on.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "concordat/app/administer.h"
#include "concordat/store/store.h"

#include "command.h"

int command_migrate(const struct command_line *line)
{
	bool status = line->count && !strcmp(line->words[0], "status");
	struct text why = TEXT_NONE;
	int code;

	if (line->count && !status) {
		command_failed(TEXT("There is `migrate`, which applies, and `migrate status`, "
				    "which only shows."));
		return 2;
	}
	code = store_migrate(line->config, status, line->arena, &why);

	if (code && why.at)
		command_failed(why);
	return code;
}

int command_create_admin(const struct command_line *line)
{
	const char *email = command_option(line, "email"), *name = command_option(line, "name");
	struct text secret, why;

	if (!email) {
		command_failed(TEXT("Say whose: create-admin --email ADDRESS [--name NAME]."));
		return 2;
	}
	if (!administer_create_admin(line->config, line->arena, text_of(email),
				     text_of(name ? name : "Administrator"), &secret, &why))
		return command_failed(why);
	printf("%.*s\n", TEXT_FMT(secret));
	fprintf(stderr, "This token is shown once and works for 30 days. Use it to enter "
			"organisations and users.\n");
	return 0;
}

bool command_read(struct arena *arena, const char *path, struct text *out)
{
	FILE *file = fopen(path, "rb");
	struct writer w;
	char chunk[4096];
	size_t got;
	bool whole;

	if (!file)
		return false;
	writer_init(&w, arena);
	while ((got = fread(chunk, 1, sizeof(chunk), file)) > 0)
		writer_put(&w, (struct text){chunk, got});
	whole = !ferror(file);
	fclose(file);
	*out = writer_text(&w);
	return whole;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_json(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return len > 5 && !strcmp(entry->d_name + len - 5, ".json");
}

static bool load_folder(const struct command_line *line, const char *dir, enum reference_kind kind)
{
	struct dirent **entries;
	struct text folder = text_printf(line->arena, "%s/%s", dir, reference_folders[kind]), path,
		    json, why, said;
	int count = scandir(folder.at, &entries, is_json, by_name);
	bool sound = count >= 0;

	if (count < 0) {
		command_failed(text_printf(line->arena, "%.*s cannot be read.", TEXT_FMT(folder)));
		return false;
	}
	for (int i = 0; i < count; i++) {
		path = text_printf(line->arena, "%.*s/%s", TEXT_FMT(folder), entries[i]->d_name);
		if (!command_read(line->arena, path.at, &json))
			why = TEXT("The file cannot be read.");
		else if (administer_load(line->config, line->arena, kind, json, &said, &why)) {
			printf("%.*s: %.*s\n", TEXT_FMT(path), TEXT_FMT(said));
			free(entries[i]);
			continue;
		}
		command_failed(
			text_printf(line->arena, "%.*s: %.*s", TEXT_FMT(path), TEXT_FMT(why)));
		sound = false;
		free(entries[i]);
	}
	free(entries);
	return sound;
}

int command_load_reference(const struct command_line *line)
{
	const char *dir = line->count ? line->words[0] : line->config->reference_dir;
	bool sound = true;

	for (int kind = 0; kind < REFERENCE_KINDS; kind++)
		sound = load_folder(line, dir, (enum reference_kind)kind) && sound;
	return sound ? 0 : 1;
}
