/*
 * fuzz_proof.c - arbitrary bytes as a proof of the log, as text and as numbers and hashes.
 *
 * A text that is read must be written back byte for byte. The bytes also choose a small tree, an
 * entry of it and a change: the proof holds as it was made and must not hold once it is changed,
 * nor may sizes and indices of any value do harm.
 */
#include <stdlib.h>
#include <string.h>

#include "concordat/wire/note.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LEAVES_MOST 70

/* Numbers out of the bytes; zeros when they are used up. */
struct chooser {
	const uint8_t *at;
	size_t left;
};

static struct arena *arena;
static struct digest leaves[LEAVES_MOST];

static void must(bool held)
{
	if (!held)
		abort();
}

static uint64_t choose(struct chooser *chooser, size_t bytes)
{
	uint64_t n = 0;

	for (; bytes > 0; bytes--) {
		n = n << 8 | (chooser->left ? *chooser->at : 0);
		if (chooser->left) {
			chooser->at++;
			chooser->left--;
		}
	}
	return n;
}

static bool on_node(void *context, int level, int64_t index, struct digest *out)
{
	struct merkle_range range = {0};
	int64_t from = index << level, to = (index + 1) << level;

	if (to > *(int64_t *)context)
		return false;
	while (from < to)
		merkle_range_add(&range, &leaves[from++]);
	*out = merkle_range_root(&range);
	return true;
}

static struct digest root_of(int64_t size)
{
	struct merkle_range range;

	must(merkle_range_of(size, on_node, &size, &range));
	return merkle_range_root(&range);
}

static void flip(struct chooser *chooser, struct digest *a, struct digest *b,
		 struct merkle_proof *proof)
{
	size_t which = choose(chooser, 1) % (proof->count + 2), bit = choose(chooser, 1);
	struct digest *digest = which == 0 ? a : which == 1 ? b : &proof->hashes[which - 2];

	digest->bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
}

static void check_inclusion(struct chooser *chooser)
{
	int64_t size = 1 + (int64_t)choose(chooser, 1) % LEAVES_MOST;
	int64_t index = (int64_t)choose(chooser, 1) % size;
	int64_t other = (int64_t)choose(chooser, 1);
	struct digest leaf = leaves[index], root = root_of(size);
	struct merkle_proof proof;

	must(merkle_inclusion(index, size, on_node, &size, &proof));
	must(merkle_inclusion_holds(&leaf, index, size, &proof, &root));
	must(other == index || !merkle_inclusion_holds(&leaf, other, size, &proof, &root));
	flip(chooser, &leaf, &root, &proof);
	must(!merkle_inclusion_holds(&leaf, index, size, &proof, &root));
}

static void check_consistency(struct chooser *chooser)
{
	int64_t size = 1 + (int64_t)choose(chooser, 1) % LEAVES_MOST;
	int64_t from = 1 + (int64_t)choose(chooser, 1) % size;
	int64_t other = (int64_t)choose(chooser, 1);
	struct digest was = root_of(from), is = root_of(size);
	struct merkle_proof proof;

	must(merkle_consistency(from, size, on_node, &size, &proof));
	must(merkle_consistency_holds(from, &was, size, &is, &proof));
	must(other == from || !merkle_consistency_holds(other, &was, size, &is, &proof));
	flip(chooser, &was, &is, &proof);
	must(!merkle_consistency_holds(from, &was, size, &is, &proof));
}

/* What is proven with numbers and hashes that somebody thought of. */
static void check_anything(struct chooser *chooser)
{
	int64_t at = (int64_t)choose(chooser, 8), size = (int64_t)choose(chooser, 8);
	struct merkle_proof proof = {.count = choose(chooser, 1) % (MERKLE_PROOF_MOST + 1)};
	struct digest root = root_of(LEAVES_MOST);
	int64_t there = LEAVES_MOST;
	struct merkle_proof made;
	struct merkle_range range;

	for (size_t i = 0; i < proof.count && chooser->left >= 32; i++)
		for (size_t k = 0; k < 32; k++)
			proof.hashes[i].bytes[k] = (uint8_t)choose(chooser, 1);
	must(!merkle_inclusion_holds(&leaves[0], at, size, &proof, &root));
	must(!merkle_consistency_holds(at, &leaves[1], size, &root, &proof));
	/* The entry itself is not asked for. */
	must(!merkle_inclusion(at, size, on_node, &there, &made) || size <= there + 1);
	must(!merkle_consistency(at, size, on_node, &there, &made) || size <= there || at == size ||
	     at == 0);
	must(!merkle_range_of(size, on_node, &there, &range) || size <= there);
}

static void read_as_text(struct text text)
{
	struct checkpoint checkpoint;
	const char *why = NULL;
	struct log_proof proof;

	if (!log_proof_parse(text, &proof, &why)) {
		must(why && strlen(why) > 20);
		return;
	}
	must(text_eq(log_proof_text(arena, &proof), text));
	must(!checkpoint_open(proof.checkpoint, NULL, 0, &checkpoint, &why));
	must(why && strlen(why) > 20);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct chooser chooser = {data, size};

	arena = arena_new();
	for (int i = 0; i < LEAVES_MOST; i++)
		leaves[i] = merkle_leaf((struct text){(const char *)&i, sizeof(i)});
	read_as_text((struct text){(const char *)data, size});
	check_inclusion(&chooser);
	check_consistency(&chooser);
	check_anything(&chooser);
	arena_free(arena);
	return 0;
}
