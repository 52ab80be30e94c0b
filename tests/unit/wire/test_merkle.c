/*
 * test_merkle.c - the tree against published roots and proofs, against the definitions of RFC 6962
 * written out as they stand there, and against whoever would change a bit of a proof.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "concordat/wire/merkle.h"

#define SIZES 300
/* Every bit of every proof is changed up to here, one bit of each proof above. */
#define SIZES_BIT_BY_BIT 17

/* mth[a][b] is MTH(D[a:b]), once it was asked for. */
static struct digest mth[SIZES + 1][SIZES + 1];
static bool known[SIZES + 1][SIZES + 1];

/* The leaves, roots and proofs of the tests of Certificate Transparency's reference implementation
 * (certificate-transparency/cpp/merkletree/merkle_tree_test.cc). */
static const struct text leaves[] = {
	{"", 0},
	{"\x00", 1},
	{"\x10", 1},
	{"\x20\x21", 2},
	{"\x30\x31", 2},
	{"\x40\x41\x42\x43", 4},
	{"\x50\x51\x52\x53\x54\x55\x56\x57", 8},
	{"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f", 16},
};
static const char *const roots[] = {
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
	"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
	"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
	"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
	"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
	"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
	"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
	"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};
struct published {
	int64_t at, size;
	const char *hashes[3];
};
static const struct published inclusions[] = {
	{0, 1, {NULL}},
	{0,
	 8,
	 {"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
	  "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
	  "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"}},
	{5,
	 8,
	 {"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
	  "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
	  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}},
	{2, 3, {"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"}},
	{1,
	 5,
	 {"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
	  "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
	  "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"}},
};
static const struct published consistencies[] = {
	{1, 1, {NULL}},
	{1,
	 8,
	 {"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
	  "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
	  "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"}},
	{6,
	 8,
	 {"0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
	  "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
	  "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}},
	{2,
	 5,
	 {"5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
	  "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"}},
};

static struct digest digest_of(const char *hex)
{
	struct digest digest;

	assert_true(text_unhex(text_of(hex), digest.bytes, sizeof(digest.bytes)));
	return digest;
}

static void assert_same(const struct digest *a, const struct digest *b)
{
	assert_memory_equal(a->bytes, b->bytes, sizeof(a->bytes));
}

static void assert_published(const struct merkle_proof *proof, const struct published *published)
{
	size_t count = 0;

	for (; count < 3 && published->hashes[count]; count++) {
		struct digest expected = digest_of(published->hashes[count]);

		assert_true(count < proof->count);
		assert_same(&proof->hashes[count], &expected);
	}
	assert_int_equal(proof->count, count);
}

/* ---- RFC 6962, 2.1, as it is written: over D[from:to], k the largest power of two below ---- */

static int split(int width)
{
	int k = 1;

	while (k * 2 < width)
		k *= 2;
	return k;
}

static struct digest *MTH(int from, int to)
{
	if (!known[from][to] && to - from > 1) {
		int middle = from + split(to - from);

		mth[from][to] = merkle_node(MTH(from, middle), MTH(middle, to));
		known[from][to] = true;
	}
	return &mth[from][to];
}

static void PATH(int m, int from, int to, struct merkle_proof *out)
{
	int k = split(to - from);

	if (to - from == 1)
		return;
	if (m < k) {
		PATH(m, from, from + k, out);
		out->hashes[out->count++] = *MTH(from + k, to);
	} else {
		PATH(m - k, from + k, to, out);
		out->hashes[out->count++] = *MTH(from, from + k);
	}
}

static void SUBPROOF(int m, int from, int to, bool whole, struct merkle_proof *out)
{
	int k = split(to - from);

	if (m == to - from) {
		if (!whole)
			out->hashes[out->count++] = *MTH(from, to);
	} else if (m <= k) {
		SUBPROOF(m, from, from + k, whole, out);
		out->hashes[out->count++] = *MTH(from + k, to);
	} else {
		SUBPROOF(m - k, from + k, to, false, out);
		out->hashes[out->count++] = *MTH(from, from + k);
	}
}

/* ---- what the proofs are made from ---- */

static int set_up(void **state)
{
	(void)state;
	for (int i = 0; i < SIZES; i++) {
		uint8_t bytes[2] = {(uint8_t)(i >> 8), (uint8_t)i};

		mth[i][i + 1] = i < 8 ? merkle_leaf(leaves[i])
				      : merkle_leaf((struct text){(char *)bytes, 2});
		known[i][i + 1] = true;
	}
	mth[0][0] = sha256(TEXT_NONE, TEXT_NONE, TEXT_NONE);
	return 0;
}

/* context: how many leaves are there. */
static bool on_node(void *context, int level, int64_t index, struct digest *out)
{
	int64_t from = index << level, to = (index + 1) << level;

	if (to > *(int *)context)
		return false;
	*out = *MTH((int)from, (int)to);
	return true;
}

static void published_roots_come_out(void **state)
{
	struct merkle_range range = {0};

	(void)state;
	for (int size = 0;; size++) {
		struct digest expected = digest_of(roots[size]), root = merkle_range_root(&range);

		assert_same(&root, &expected);
		if (size == 8)
			break;
		merkle_range_add(&range, &mth[size][size + 1]);
	}
}

static void published_proofs_come_out(void **state)
{
	struct merkle_proof proof;
	int size = 8;

	(void)state;
	for (size_t i = 0; i < sizeof(inclusions) / sizeof(inclusions[0]); i++) {
		assert_true(merkle_inclusion(inclusions[i].at, inclusions[i].size, on_node, &size,
					     &proof));
		assert_published(&proof, &inclusions[i]);
	}
	for (size_t i = 0; i < sizeof(consistencies) / sizeof(consistencies[0]); i++) {
		assert_true(merkle_consistency(consistencies[i].at, consistencies[i].size, on_node,
					       &size, &proof));
		assert_published(&proof, &consistencies[i]);
	}
}

static void a_range_grows_into_the_one_of_its_nodes(void **state)
{
	struct merkle_range grown = {0}, asked;

	(void)state;
	for (int size = 0; size <= SIZES; size++) {
		struct digest root = merkle_range_root(&grown);

		assert_same(&root, size ? MTH(0, size) : &mth[0][0]);
		assert_true(merkle_range_of(size, on_node, &size, &asked));
		assert_int_equal(asked.size, size);
		assert_memory_equal(asked.roots, grown.roots,
				    (size_t)__builtin_popcount((unsigned int)size) *
					    sizeof(struct digest));
		if (size < SIZES)
			merkle_range_add(&grown, &mth[size][size + 1]);
	}
}

/* ---- every size, every index ---- */

static void flip(struct digest *digest, size_t bit)
{
	digest->bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
}

/* Whether a proof still holds when something of it is as changed as this. */
struct claim {
	bool inclusion;
	int64_t at, size;
	struct digest first, root; /* leaf and root, or the smaller root and the larger */
	struct merkle_proof proof;
};

static bool holds(const struct claim *claim)
{
	if (claim->inclusion)
		return merkle_inclusion_holds(&claim->first, claim->at, claim->size, &claim->proof,
					      &claim->root);
	return merkle_consistency_holds(claim->at, &claim->first, claim->size, &claim->root,
					&claim->proof);
}

static struct digest *nth_digest(struct claim *claim, size_t n)
{
	return n == 0 ? &claim->first : n == 1 ? &claim->root : &claim->proof.hashes[n - 2];
}

static void no_change_is_let_through(struct claim *claim)
{
	size_t bits = (claim->proof.count + 2) * 256;
	size_t step = claim->size <= SIZES_BIT_BY_BIT ? 1 : bits;
	struct claim other = *claim;

	assert_true(holds(claim));
	for (size_t bit = (size_t)(claim->at * 997 + claim->size * 31) % step; bit < bits;
	     bit += step) {
		struct digest *digest = nth_digest(claim, bit / 256);

		flip(digest, bit % 256);
		assert_false(holds(claim));
		flip(digest, bit % 256);
	}
	if (other.proof.count) {
		other.proof.count--;
		assert_false(holds(&other));
	}
	other.proof.count = claim->proof.count + 1;
	other.proof.hashes[claim->proof.count] = claim->root;
	assert_false(holds(&other));
}

static void every_entry_is_proven_as_rfc_6962_says(void **state)
{
	(void)state;
	for (int size = 1; size <= SIZES; size++) {
		for (int index = 0; index < size; index++) {
			struct claim claim = {true,	     index,
					      size,	     mth[index][index + 1],
					      *MTH(0, size), {.count = 0}};
			struct merkle_proof expected = {.count = 0};

			PATH(index, 0, size, &expected);
			assert_true(merkle_inclusion(index, size, on_node, &size, &claim.proof));
			assert_int_equal(claim.proof.count, expected.count);
			assert_memory_equal(claim.proof.hashes, expected.hashes,
					    expected.count * sizeof(struct digest));
			no_change_is_let_through(&claim);
		}
	}
}

static void every_growth_is_proven_as_rfc_6962_says(void **state)
{
	(void)state;
	for (int size = 1; size <= SIZES; size++) {
		for (int from = 1; from <= size; from++) {
			struct claim claim = {false,	     from,	    size,
					      *MTH(0, from), *MTH(0, size), {.count = 0}};
			struct merkle_proof expected = {.count = 0};

			SUBPROOF(from, 0, size, true, &expected);
			assert_true(merkle_consistency(from, size, on_node, &size, &claim.proof));
			assert_int_equal(claim.proof.count, expected.count);
			assert_memory_equal(claim.proof.hashes, expected.hashes,
					    expected.count * sizeof(struct digest));
			no_change_is_let_through(&claim);
		}
	}
}

static void a_proof_holds_at_its_own_index_and_size_only(void **state)
{
	(void)state;
	for (int size = 1; size <= 40; size++) {
		for (int index = 0; index < size; index++) {
			struct claim claim = {true,	     index,
					      size,	     mth[index][index + 1],
					      *MTH(0, size), {.count = 0}};

			assert_true(merkle_inclusion(index, size, on_node, &size, &claim.proof));
			for (claim.at = -1; claim.at <= size + 1; claim.at++)
				assert_int_equal(holds(&claim), claim.at == index);
			claim.at = index;
			for (claim.size = 1; claim.size <= 40; claim.size++) {
				claim.root = *MTH(0, (int)claim.size);
				assert_int_equal(holds(&claim), claim.size == size);
			}
		}
	}
}

static void a_proof_of_growth_holds_for_its_own_roots_only(void **state)
{
	(void)state;
	for (int size = 1; size <= 40; size++) {
		for (int from = 1; from <= size; from++) {
			struct claim claim = {false,	     from,	    size,
					      *MTH(0, from), *MTH(0, size), {.count = 0}};

			assert_true(merkle_consistency(from, size, on_node, &size, &claim.proof));
			for (int other = 1; other <= 40; other++) {
				claim.first = *MTH(0, other);
				assert_int_equal(holds(&claim), other == from);
				claim.first = *MTH(0, from);
				claim.root = *MTH(0, other);
				assert_int_equal(holds(&claim), other == size);
				claim.root = *MTH(0, size);
			}
			for (claim.at = -1; claim.at <= size + 1; claim.at++)
				assert_int_equal(holds(&claim), claim.at == from);
		}
	}
}

static void every_tree_begins_with_the_empty_one(void **state)
{
	struct digest empty = mth[0][0], other = *MTH(0, 5);
	struct merkle_proof proof;
	int size = 5;

	(void)state;
	assert_true(merkle_consistency(0, 5, on_node, &size, &proof));
	assert_int_equal(proof.count, 0);
	assert_true(merkle_consistency_holds(0, &empty, 5, &other, &proof));
	assert_true(merkle_consistency_holds(0, &empty, 0, &empty, &proof));
	assert_false(merkle_consistency_holds(0, &other, 5, &other, &proof));
	assert_false(merkle_consistency_holds(0, &empty, 0, &other, &proof));
	proof.hashes[proof.count++] = other;
	assert_false(merkle_consistency_holds(0, &empty, 5, &other, &proof));
}

static void what_no_tree_has_is_refused(void **state)
{
	struct merkle_proof proof = {.count = 0};
	struct digest leaf = mth[0][1];
	struct merkle_range range;
	int size = 8;

	(void)state;
	assert_false(merkle_inclusion(8, 8, on_node, &size, &proof));
	assert_false(merkle_inclusion(-1, 8, on_node, &size, &proof));
	assert_false(merkle_inclusion(0, 0, on_node, &size, &proof));
	assert_false(merkle_inclusion(0, MERKLE_SIZE_MOST, on_node, &size, &proof));
	assert_false(merkle_consistency(9, 8, on_node, &size, &proof));
	assert_false(merkle_consistency(-1, 8, on_node, &size, &proof));
	assert_false(merkle_consistency(1, INT64_MAX, on_node, &size, &proof));
	assert_false(merkle_range_of(-1, on_node, &size, &range));
	assert_false(merkle_range_of(MERKLE_SIZE_MOST, on_node, &size, &range));
	proof.count = 0;
	assert_false(merkle_inclusion_holds(&leaf, 0, 0, &proof, &leaf));
	assert_false(merkle_inclusion_holds(&leaf, -1, 1, &proof, &leaf));
	assert_false(merkle_inclusion_holds(&leaf, 1, 1, &proof, &leaf));
	assert_false(merkle_inclusion_holds(&leaf, INT64_MIN, INT64_MAX, &proof, &leaf));
	assert_false(merkle_inclusion_holds(&leaf, 0, INT64_MIN, &proof, &leaf));
	assert_false(merkle_consistency_holds(INT64_MIN, &leaf, INT64_MIN, &leaf, &proof));
	assert_false(merkle_consistency_holds(2, &leaf, 1, &leaf, &proof));
	assert_false(merkle_consistency_holds(-1, &leaf, 1, &leaf, &proof));
	assert_false(merkle_consistency_holds(3, &leaf, 5, &leaf, &proof));
}

static void a_node_that_is_not_there_is_told(void **state)
{
	struct merkle_proof proof;
	struct merkle_range range;
	int there = 7;

	(void)state;
	assert_false(merkle_inclusion(0, 8, on_node, &there, &proof));
	assert_false(merkle_consistency(3, 8, on_node, &there, &proof));
	assert_false(merkle_range_of(8, on_node, &there, &range));
	assert_true(merkle_inclusion(7, 8, on_node, &there, &proof));
}

/* Of a tree that nobody can write down: that the longest proofs have room. */
static bool on_any_node(void *context, int level, int64_t index, struct digest *out)
{
	(void)context;
	memset(out->bytes, level, sizeof(out->bytes));
	out->bytes[0] = (uint8_t)index;
	return true;
}

static void the_largest_tree_has_proofs_too(void **state)
{
	int64_t most = MERKLE_SIZE_MOST - 1;
	struct merkle_proof proof;
	struct merkle_range range;
	struct digest root, leaf;

	(void)state;
	assert_true(merkle_range_of(most, on_any_node, NULL, &range));
	root = merkle_range_root(&range);
	assert_true(merkle_consistency(MERKLE_SIZE_MOST / 2 - 1, most, on_any_node, NULL, &proof));
	assert_true(proof.count <= MERKLE_PROOF_MOST);
	assert_true(merkle_inclusion(most - 1, most, on_any_node, NULL, &proof));
	assert_true(on_any_node(NULL, 0, most - 1, &leaf));
	assert_true(merkle_inclusion_holds(&leaf, most - 1, most, &proof, &root));
	assert_true(merkle_inclusion(1, most, on_any_node, NULL, &proof));
	assert_int_equal(proof.count, 62);
	assert_true(merkle_consistency(3, most, on_any_node, NULL, &proof));
	assert_int_equal(proof.count, MERKLE_PROOF_MOST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_roots_come_out),
		cmocka_unit_test(published_proofs_come_out),
		cmocka_unit_test(a_range_grows_into_the_one_of_its_nodes),
		cmocka_unit_test(every_entry_is_proven_as_rfc_6962_says),
		cmocka_unit_test(every_growth_is_proven_as_rfc_6962_says),
		cmocka_unit_test(a_proof_holds_at_its_own_index_and_size_only),
		cmocka_unit_test(a_proof_of_growth_holds_for_its_own_roots_only),
		cmocka_unit_test(every_tree_begins_with_the_empty_one),
		cmocka_unit_test(what_no_tree_has_is_refused),
		cmocka_unit_test(a_node_that_is_not_there_is_told),
		cmocka_unit_test(the_largest_tree_has_proofs_too),
	};

	return cmocka_run_group_tests_name("merkle", tests, set_up, NULL);
}
