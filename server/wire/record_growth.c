/*
 * record_growth.c - whether a log only grew from one checkpoint to a later one.
 */
#include "json_parts.h"
#include "record_parts.h"

/* "hashes" of the log's consistency answer. False: there are none that could be. */
static bool read_hashes(struct arena *arena, struct text json, struct merkle_proof *out)
{
	struct json_errors errors = {0};
	json_t *parsed = json_read(arena, json, &errors);
	const json_t *hashes = json_object_get(parsed, "hashes");
	size_t count = json_array_size(hashes);
	bool sound = json_is_array(hashes) && count <= MERKLE_PROOF_MOST;

	for (out->count = 0; sound && out->count < count; out->count++) {
		const json_t *one = json_array_get(hashes, out->count);
		struct text text = {json_string_value(one), json_string_length(one)};

		sound = json_is_string(one) &&
			text_unbase64(text, out->hashes[out->count].bytes, 32);
	}
	json_decref(parsed);
	return sound;
}

void growth_verify(struct arena *arena, struct text older, struct text newer, struct text proof,
		   const struct note_key *keys, size_t key_count, struct verification *out)
{
	struct checking check = {arena, keys, key_count, out};
	struct checkpoint from, to;
	struct merkle_proof path;
	const char *why = "";

	*out = (struct verification){.verdict = VERDICT_HOLDS, .format = "consistency"};
	if (!checkpoint_open(older, keys, key_count, &from, &why)) {
		check_fault(&check, TEXT("older checkpoint"), "%s", why);
	} else if (!checkpoint_open(newer, keys, key_count, &to, &why)) {
		check_fault(&check, TEXT("newer checkpoint"), "%s", why);
	} else if (!text_eq(from.origin, to.origin)) {
		check_fault(&check, TEXT("newer checkpoint"),
			    "It is of %.*s, and the older one of %.*s: they are two logs, or the "
			    "log was begun again.",
			    TEXT_FMT(to.origin), TEXT_FMT(from.origin));
	} else if (to.size < from.size) {
		check_fault(&check, TEXT("newer checkpoint"),
			    "It is of %lld entries, and the older one of %lld: the log has lost "
			    "entries, or the two were taken for each other.",
			    (long long)to.size, (long long)from.size);
	} else if (!read_hashes(arena, proof, &path)) {
		check_fault(&check, TEXT("proof"),
			    "This is no proof: JSON with \"hashes\", as the service answers at "
			    "/v1/log/AUTHORITY/consistency.");
	} else if (!merkle_consistency_holds(from.size, &from.root, to.size, &to.root, &path)) {
		check_fault(&check, TEXT("proof"),
			    "The newer log does not begin with the older one: what was sealed was "
			    "changed, or the proof is for other sizes.");
	} else {
		check_add(&check, FINDING_HOLDS, TEXT("proof"),
			  text_printf(arena,
				      "The log %.*s had %lld entries and has %lld now, and begins "
				      "with those: nothing that was sealed was changed.",
				      TEXT_FMT(to.origin), (long long)from.size,
				      (long long)to.size));
		check_add(&check, FINDING_UNCHECKED, TEXT("newer checkpoint"),
			  TEXT("Whether others were shown the same log: compare checkpoints with "
			       "the other side, and keep this one for the next time."));
	}
}
