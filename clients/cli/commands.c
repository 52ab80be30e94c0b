/*
 * commands.c - every command and every option of the command line.
 *
 * Help, usage, what is accepted and what is suggested all come from these two tables.
 */
#include "commands.h"

#define BIT(option) (UINT64_C(1) << OPTION_##option)

#define SERVICE                                                                                  \
	"The service is asked; a token says as whom, and is never a word of the command line.\n" \
	"With --json its answer passes through: {\"items\": [...]}.\n"

const struct option_row options[OPTION_COUNT] = {
	[OPTION_INPUTS] = {"inputs", "FILE",
			   "the model's inputs; those left out take their default"},
	[OPTION_AT] = {"at", "DATE",
		       "refuse a model that may not be used on that day (2026-04-13)"},
	[OPTION_TERMS] = {"terms", "FILE", "the terms of an offer or of an agreement"},
	[OPTION_INDICES] = {"indices", "FILE", "how much each index rose, and from which day"},
	[OPTION_METHOD] = {"method", "FILE", "the method for terms that have none of their own"},
	[OPTION_FROM] = {"from", "INSTANT", "what it counts from: 2026-04-02T09:00:00Z"},
	[OPTION_RULE] = {"rule", "RULE", "such as \"10 working days\", \"28 days\", \"3 months\""},
	[OPTION_DIVISION] = {"division", "DIVISION",
			     "england-and-wales (when left out), scotland, northern-ireland"},
	[OPTION_PAUSE] = {"pause", "FROM/TO", "stopped from and to; no TO while it lasts", true},
	[OPTION_ROLL] = {"roll", "WAY", "none, forward, back: off a day that is not a working day"},
	[OPTION_CALENDAR] = {"calendar", "FILE", "the bank holidays to count by"},
	[OPTION_CLOSURES] = {"closures", "FILE", "the authority's own closures beside them"},
	[OPTION_REFERENCE] = {"reference", "DIR",
			      "the folder whose calendars/DIVISION.json is taken"},
	[OPTION_SERVER] = {"server", "URL", "the service; CONCORDAT_SERVER when left out"},
	[OPTION_TOKEN_FILE] = {"token-file", "FILE",
			       "a file with a token in it; CONCORDAT_TOKEN when left out"},
	[OPTION_STATE] = {"state", "STATE", "only coming, due (within 28 days) or overdue"},
	[OPTION_KIND] = {"kind", "KIND", "only first, three_month, yearly or requested"},
	[OPTION_HOME] = {"home", "ID", "only this home's"},
	[OPTION_OWNER] = {"owner", "ID", "only this case officer's"},
	[OPTION_TEAM] = {"team", "NAME", "only this team's"},
	[OPTION_MODE] = {"mode", "MODE",
			 "all (when left out): none goes in when one is refused; good: the others "
			 "do"},
	[OPTION_KEY] = {"key", "UUID", "of an earlier try, whose work this goes on with"},
	[OPTION_KEY_FILE] = {"key", "KEYFILE", "the log's public keys, a line each"},
	[OPTION_OLD] = {"old", "CHECKPOINT", "a checkpoint that was kept"},
	[OPTION_NEW] = {"new", "CHECKPOINT", "a later one of the same log"},
	[OPTION_PROOF] = {"proof", "FILE", "the log's consistency answer for their sizes"},
	[OPTION_SINCE] = {"since", "CHECKPOINT", "a checkpoint that was kept"},
	[OPTION_UNTIL] = {"until", "newest", "while it is open: up to the newest entry"},
	[OPTION_PAID_FROM] = {"paid-from", "DATE",
			      "the day new fees are paid from; the soonest when left out"},
	[OPTION_SETTING] = {"setting", "KIND", "only this kind of care, such as residential"},
	[OPTION_PROVIDER] = {"provider", "ID", "only this provider's"},
	[OPTION_BECAUSE] = {"because", "WORDS", "why; nothing about a person"},
	[OPTION_JSON] = {"json", NULL, "print one JSON object, money in pence"},
};

const struct command commands[] = {
	{"model check", command_model_check, "FILE", 1, 1, 0, 0,
	 "say whether a cost model is sound, and where it is not",
	 "FILE is a cost model, as reference/cost-models holds them.\n"
	 "\n"
	 "Examples:\n"
	 "    concordat model check reference/cost-models/residential-ld-0.1.json\n"},
	{"model calculate", command_model_calculate, "FILE", 1, 1,
	 BIT(INPUTS) | BIT(AT) | BIT(JSON), 0, "work a guide price out, line by line",
	 "FILE is a cost model. The inputs are a JSON object of keys and figures, whole numbers "
	 "or\n"
	 "decimals in quotes: {\"people_sharing\": 4, \"one_to_one_hours\": \"21.5\"}. What the "
	 "model\n"
	 "asks for, and within which limits, stands in its \"inputs\".\n"
	 "\n"
	 "Nothing is rounded before the end, so lines shown to the penny may differ from their "
	 "sum.\n"
	 "A guide price is a starting point and not a conclusion.\n"
	 "\n"
	 "Examples:\n"
	 "    concordat model calculate reference/cost-models/home-care-margin-2014-02.json\n"
	 "    concordat model calculate reference/cost-models/residential-ld-0.1.json \\\n"
	 "        --inputs tests/golden/cli/inputs.json --at 2026-04-13 --json\n"},
	{"uplift", command_uplift, "", 0, 0, BIT(TERMS) | BIT(INDICES) | BIT(METHOD) | BIT(JSON),
	 BIT(TERMS) | BIT(INDICES), "work out what the agreed method makes of a fee",
	 "The terms are as an offer puts them, or as the service shows those of an agreement. The\n"
	 "indices are a year's figures: {\"from\": \"2026-04-06\", \"rises\": [{\"index\": "
	 "\"nlw\",\n"
	 "\"percent\": \"4.10\"}]}. The result says which rule decided; nothing is applied by it.\n"
	 "\n"
	 "Examples:\n"
	 "    concordat uplift --terms tests/golden/cli/terms.json \\\n"
	 "        --indices tests/golden/cli/indices.json\n"},
	{"uplift apply", command_uplift_apply, "", 0, 0,
	 BIT(INDICES) | BIT(PAID_FROM) | BIT(SETTING) | BIT(PROVIDER) | BIT(KEY) | BIT(SERVER) |
		 BIT(TOKEN_FILE) | BIT(JSON),
	 BIT(INDICES), "uplift all agreements in force, each by its own method",
	 "A manager or an administrator of the authority asks for it; the service then goes "
	 "through\n"
	 "the placements, one uplift at a time. `concordat uplift list` says how it goes.\n"
	 "\n"
	 "Examples:\n"
	 "    concordat uplift apply --indices tests/golden/cli/indices.json --setting "
	 "residential\n"},
	{"uplift stop", command_uplift_stop, "UPLIFT", 1, 1,
	 BIT(BECAUSE) | BIT(SERVER) | BIT(TOKEN_FILE) | BIT(JSON), 0,
	 "let an uplift under way go no further",
	 "What it has applied stands. UPLIFT is its id.\n"},
	{"uplift list", command_uplift_list, "", 0, 0, BIT(SERVER) | BIT(TOKEN_FILE) | BIT(JSON), 0,
	 "list an authority's uplifts and how each goes", SERVICE},
	{"dates explain", command_dates_explain, "", 0, 0,
	 BIT(FROM) | BIT(RULE) | BIT(DIVISION) | BIT(PAUSE) | BIT(ROLL) | BIT(CALENDAR) |
		 BIT(CLOSURES) | BIT(REFERENCE) | BIT(JSON),
	 BIT(FROM) | BIT(RULE), "work a due date out and explain it day by day",
	 "An instant says its offset: 2026-04-02T10:00:00+01:00 is ten in the morning in London. "
	 "A\n"
	 "rule is in working days, days, weeks, months, years or hours (\"10 working days\", \"10 "
	 "wd\"),\n"
	 "or \"next Wednesday\". A clock of days ends at 17:00 in London, and what comes after "
	 "17:00\n"
	 "counts as received on the next working day.\n"
	 "\n"
	 "Bank holidays come from --calendar FILE, else from calendars/ in --reference DIR, else "
	 "from\n"
	 "calendars/ in ./reference or, where that is not there, in /usr/share/concordat. The "
	 "answer "
	 "is\n"
	 "the one that the service gives at /v1/dates/explain. The closures of an authority are as "
	 "the\n"
	 "service shows a version of them: {\"version\": 1, \"closures\": [{\"date\": "
	 "\"2026-12-24\",\n"
	 "\"title\": \"Offices closed\"}]}.\n"
	 "\n"
	 "Examples:\n"
	 "    concordat dates explain --from 2026-04-02T10:00:00+01:00 --rule \"5 working days\"\n"
	 "    concordat dates explain --from 2026-03-02T10:00:00Z --rule \"10 working days\" \\\n"
	 "        --division scotland --pause 2026-03-06T18:00:00Z/2026-03-23T09:00:00Z --json\n"},
	{"due", command_due, "", 0, 0,
	 BIT(SERVER) | BIT(TOKEN_FILE) | BIT(STATE) | BIT(KIND) | BIT(HOME) | BIT(OWNER) |
		 BIT(TEAM) | BIT(JSON),
	 0, "list the reviews overdue, due and coming, and why each date is what it is", SERVICE},
	{"review", command_review, "PLACEMENT", 1, 1, BIT(SERVER) | BIT(TOKEN_FILE) | BIT(JSON), 0,
	 "show a placement's open reviews, each date day by day",
	 "PLACEMENT is its reference, such as PL-1000047-P, or a part of it.\n\n" SERVICE},
	{"placement import", command_placement_import, "FILE", 1, 1,
	 BIT(MODE) | BIT(KEY) | BIT(SERVER) | BIT(TOKEN_FILE) | BIT(JSON), 0,
	 "bring care that already runs in, a row a placement",
	 "FILE is CSV, at most 10,000 rows; the first names the columns, which "
	 "clients/cli/README.md lists.\n"
	 "The same file again brings nothing in twice, and completes what was broken off.\n\n"
	 "    concordat placement import caseload.csv --server https://care.example --mode "
	 "good\n"},
	{"verify", command_verify, "[FILE]", 0, 1,
	 BIT(KEY_FILE) | BIT(OLD) | BIT(NEW) | BIT(PROOF) | BIT(SERVER) | BIT(SINCE) |
		 BIT(TOKEN_FILE) | BIT(JSON),
	 BIT(KEY_FILE), "check what the service handed out: offline, by the log's public keys",
	 "FILE is a record of agreed terms, a statement that no reply was recorded, or an\n"
	 "exported log; no service is asked. With --old, --new and --proof: that a log only grew\n"
	 "from one checkpoint to the other. With --server and --since: that the service's log\n"
	 "today begins with the one that a kept checkpoint is of.\n"
	 "\n"
	 "It says what was checked and what no file shows of itself. Exit code 0: it holds, 1: it\n"
	 "does not, 3: it is none of these.\n"
	 "\n"
	 "Examples:\n"
	 "    concordat verify tests/golden/cli/agreed-terms.json \\\n"
	 "        --key tests/golden/cli/log.pub\n"},
	{"log checkpoint", command_log_checkpoint, "AUTHORITY", 1, 1, BIT(SERVER) | BIT(TOKEN_FILE),
	 0, "print the newest checkpoint of an authority's log",
	 "AUTHORITY is its id. Keep what it prints: `concordat verify --since` compares with "
	 "it.\n"},
	{"log keys", command_log_keys, "AUTHORITY", 1, 1, BIT(SERVER) | BIT(TOKEN_FILE), 0,
	 "print the public keys of an authority's log",
	 "AUTHORITY is its id. Compare them with what you were given otherwise.\n"},
	{"log record", command_log_record, "PLACEMENT VERSION", 2, 2, BIT(SERVER) | BIT(TOKEN_FILE),
	 0, "print the record of agreed terms of a version",
	 "PLACEMENT is its id, VERSION the agreement's number. Keep the file as it is: every byte\n"
	 "of it counts.\n"},
	{"log statement", command_log_statement, "PLACEMENT ACTION", 2, 2,
	 BIT(UNTIL) | BIT(SERVER) | BIT(TOKEN_FILE), 0,
	 "print the statement that no reply was recorded to an action due",
	 "PLACEMENT is its id, ACTION the action's, such as 12.1.\n"},
	{"help", command_help, "[COMMAND]", 0, WORDS_MOST, 0, 0,
	 "say what a command does and takes", NULL},
};
const size_t command_count = sizeof(commands) / sizeof(commands[0]);
