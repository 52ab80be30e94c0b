/*
 * merkle.c - the tree of RFC 6962, section 2: roots, proofs, and whether a proof holds.
 *
 * A span of the tree is named by its first leaf and its width, and hashes to a fold of the complete
 * subtrees that its width has bits for, so that a proof asks for complete subtrees only. Both kinds
 * of proof go down from the root to one leaf and note what they pass by on the other side.
 *
 * Whether a proof holds is told by the loops of RFC 9162, 2.1.3.2 and 2.1.4.2: they take nothing
 * from whoever made the proof but its hashes.
 */
#include <assert.h>

#include "concordat/wire/merkle.h"

/* Who is asked for nodes. */
struct source {
	merkle_node_fn node;
	void *context;
};

static struct text bytes_of(const struct digest *digest)
{
	return (struct text){(const char *)digest->bytes, sizeof(digest->bytes)};
}

/* The largest power of two below width, which is 2 or more: where RFC 6962 splits. */
static int64_t split_of(int64_t width)
{
	return INT64_C(1) << (63 - __builtin_clzll((uint64_t)width - 1));
}

static bool is_power_of_two(int64_t n)
{
	return (n & (n - 1)) == 0;
}

/* first is a multiple of the least power of two that is no less than width. */
static bool span_range(const struct source *source, int64_t first, int64_t width,
		       struct merkle_range *out)
{
	int count = 0;

	out->size = width;
	while (width > 0) {
		int level = 63 - __builtin_clzll((uint64_t)width);

		if (!source->node(source->context, level, first >> level, &out->roots[count++]))
			return false;
		first += INT64_C(1) << level;
		width -= INT64_C(1) << level;
	}
	return true;
}

static bool add_span(const struct source *source, int64_t first, int64_t width,
		     struct merkle_proof *proof)
{
	struct merkle_range range;

	if (!span_range(source, first, width, &range))
		return false;
	assert(proof->count < MERKLE_PROOF_MOST);
	proof->hashes[proof->count++] = merkle_range_root(&range);
	return true;
}

/* A proof is given from the leaf up, and made from the root down. */
static void reverse(struct merkle_proof *proof)
{
	for (size_t i = 0; i < proof->count / 2; i++) {
		struct digest swapped = proof->hashes[i];

		proof->hashes[i] = proof->hashes[proof->count - 1 - i];
		proof->hashes[proof->count - 1 - i] = swapped;
	}
}

/* One step up both numbers, past those where the left one has no sibling. */
static void climb(int64_t *position, int64_t *last)
{
	while (!(*position & 1) && *position) {
		*position >>= 1;
		*last >>= 1;
	}
}

struct digest merkle_leaf(struct text header)
{
	return sha256(TEXT("\x00"), header, TEXT_NONE);
}

struct digest merkle_node(const struct digest *left, const struct digest *right)
{
	return sha256(TEXT("\x01"), bytes_of(left), bytes_of(right));
}

void merkle_range_add(struct merkle_range *range, const struct digest *leaf)
{
	int count = __builtin_popcountll((uint64_t)range->size);
	struct digest hash = *leaf;

	assert(range->size >= 0 && range->size < MERKLE_SIZE_MOST - 1);
	for (int64_t carry = range->size; carry & 1; carry >>= 1)
		hash = merkle_node(&range->roots[--count], &hash);
	range->roots[count] = hash;
	range->size++;
}

struct digest merkle_range_root(const struct merkle_range *range)
{
	int count = __builtin_popcountll((uint64_t)range->size);
	struct digest root;

	if (!count)
		return sha256(TEXT_NONE, TEXT_NONE, TEXT_NONE);
	root = range->roots[--count];
	while (count)
		root = merkle_node(&range->roots[--count], &root);
	return root;
}

bool merkle_range_of(int64_t size, merkle_node_fn node, void *context, struct merkle_range *out)
{
	struct source source = {node, context};

	return size >= 0 && size < MERKLE_SIZE_MOST && span_range(&source, 0, size, out);
}

bool merkle_inclusion(int64_t index, int64_t size, merkle_node_fn node, void *context,
		      struct merkle_proof *out)
{
	struct source source = {node, context};
	int64_t first = 0, width = size;

	out->count = 0;
	if (index < 0 || index >= size || size >= MERKLE_SIZE_MOST)
		return false;
	while (width > 1) {
		int64_t half = split_of(width);
		bool right = index - first >= half;

		if (!add_span(&source, right ? first : first + half, right ? half : width - half,
			      out))
			return false;
		first += right ? half : 0;
		width = right ? width - half : half;
	}
	reverse(out);
	return true;
}

bool merkle_consistency(int64_t from, int64_t size, merkle_node_fn node, void *context,
			struct merkle_proof *out)
{
	struct source source = {node, context};
	int64_t first = 0, width = size;

	out->count = 0;
	if (from < 0 || from > size || size >= MERKLE_SIZE_MOST)
		return false;
	while (from > 0 && first + width > from) {
		int64_t half = split_of(width);
		bool right = from - first > half;

		if (!add_span(&source, right ? first : first + half, right ? half : width - half,
			      out))
			return false;
		first += right ? half : 0;
		width = right ? width - half : half;
	}
	/* Who asks knows the smaller tree's root, but no other subtree that ends where it does. */
	if (first > 0 && !add_span(&source, first, width, out))
		return false;
	reverse(out);
	return true;
}

bool merkle_inclusion_holds(const struct digest *leaf, int64_t index, int64_t size,
			    const struct merkle_proof *proof, const struct digest *root)
{
	struct digest hash = *leaf;
	int64_t position, last;

	if (index < 0 || index >= size || size >= MERKLE_SIZE_MOST)
		return false;
	position = index;
	last = size - 1;
	for (size_t i = 0; i < proof->count; i++) {
		if (last == 0)
			return false;
		if (position & 1 || position == last) {
			hash = merkle_node(&proof->hashes[i], &hash);
			climb(&position, &last);
		} else {
			hash = merkle_node(&hash, &proof->hashes[i]);
		}
		position >>= 1;
		last >>= 1;
	}
	return last == 0 && digest_eq(&hash, root);
}

bool merkle_consistency_holds(int64_t from, const struct digest *from_root, int64_t size,
			      const struct digest *root, const struct merkle_proof *proof)
{
	const struct digest *at = proof->hashes, *end = at + proof->count;
	struct digest was, is;
	int64_t position, last;

	if (from < 0 || from > size || size >= MERKLE_SIZE_MOST)
		return false;
	if (from == 0) {
		was = sha256(TEXT_NONE, TEXT_NONE, TEXT_NONE);
		return at == end && digest_eq(from_root, &was) && (size || digest_eq(root, &was));
	}
	if (from == size)
		return at == end && digest_eq(from_root, root);
	if (!is_power_of_two(from) && at == end)
		return false;
	was = is = is_power_of_two(from) ? *from_root : *at++;
	for (position = from - 1, last = size - 1; position & 1; position >>= 1)
		last >>= 1;
	for (; at < end; at++) {
		if (last == 0)
			return false;
		if (position & 1 || position == last) {
			was = merkle_node(at, &was);
			is = merkle_node(at, &is);
			climb(&position, &last);
		} else {
			is = merkle_node(&is, at);
		}
		position >>= 1;
		last >>= 1;
	}
	return last == 0 && digest_eq(&was, from_root) && digest_eq(&is, root);
}
