/*
 * merkle.h - the tree of RFC 6962, section 2: leaves, roots, proofs that an entry is in it and that
 * it only grew; and the tiles it is kept in.
 *
 * Nothing here reads or writes: who holds the nodes gives them when a proof asks. A subtree is
 * named by its level (0: leaves) and its index among those of its level; it is complete when all
 * its 2^level leaves are there. Sizes and indices are below 2^62; what comes from outside may be
 * anything and is refused.
 */
#ifndef CONCORDAT_WIRE_MERKLE_H
#define CONCORDAT_WIRE_MERKLE_H

#include "concordat/base/sha256.h"

#define MERKLE_SIZE_MOST (INT64_C(1) << 62)
/* No proof in a tree of fewer leaves than that is longer. */
#define MERKLE_PROOF_MOST 63

/* SHA-256(0x00 || header): what a fact's row keeps as leaf_hash. */
struct digest merkle_leaf(struct text header);
/* SHA-256(0x01 || left || right) */
struct digest merkle_node(const struct digest *left, const struct digest *right);

/* The complete subtrees that size leaves fall into, the largest first: enough to add leaves and to
 * know the root. All zero: empty. */
struct merkle_range {
	int64_t size;
	struct digest roots[62]; /* as many as size has bits that are set */
};
void merkle_range_add(struct merkle_range *range, const struct digest *leaf);
/* Of no leaves: SHA-256 of nothing. */
struct digest merkle_range_root(const struct merkle_range *range);

/* The hash of a complete subtree; false when it is not there. */
typedef bool (*merkle_node_fn)(void *context, int level, int64_t index, struct digest *out);

struct merkle_proof {
	struct digest hashes[MERKLE_PROOF_MOST];
	size_t count;
};

/* The range of the first size leaves. False: a node is not there. */
bool merkle_range_of(int64_t size, merkle_node_fn node, void *context, struct merkle_range *out)
	__attribute__((warn_unused_result));
/* PATH(index, D[size]) of RFC 6962, 2.1.1. False: index is not below size, or a node is not there.
 */
bool merkle_inclusion(int64_t index, int64_t size, merkle_node_fn node, void *context,
		      struct merkle_proof *out) __attribute__((warn_unused_result));
/* PROOF(from, D[size]) of 2.1.2; empty when from is 0 or size. False: from is above size, or a node
 * is not there. */
bool merkle_consistency(int64_t from, int64_t size, merkle_node_fn node, void *context,
			struct merkle_proof *out) __attribute__((warn_unused_result));

/* Whether the proof shows that leaf is entry index of the tree of that size and root. */
bool merkle_inclusion_holds(const struct digest *leaf, int64_t index, int64_t size,
			    const struct merkle_proof *proof, const struct digest *root);
/* Whether it shows that the larger tree begins with the smaller. */
bool merkle_consistency_holds(int64_t from, const struct digest *from_root, int64_t size,
			      const struct digest *root, const struct merkle_proof *proof);

/*
 * Tiles: 256 hashes of one level in a row, levels 0, 8, 16 ... of the tree (C2SP tlog-tiles). Tile
 * level L holds the hashes of tree level 8 L; tile n of it those from 256 n on. Only complete
 * subtrees stand in a tile, so that it only ever grows; nodes between are worked out from it.
 */
#define TILE_WIDTH 256
#define TILE_LEVELS 8

struct tile {
	size_t width; /* hashes in it, 0 to TILE_WIDTH */
	struct digest hashes[TILE_WIDTH];
};
/* From its bytes, 32 for each hash; false when they are no whole number of hashes from 1 to 256. */
bool tile_decode(struct text bytes, struct tile *out) __attribute__((warn_unused_result));
struct text tile_encode(struct arena *arena, const struct tile *tile);
/* Which tile a subtree's hash stands in or is worked out from, and how many of its hashes must be
 * there. */
void tile_of(int level, int64_t index, int *tile_level, int64_t *n, size_t *width);
/* The subtree's hash, worked out from that tile. False when the tile is too narrow. */
bool tile_node(const struct tile *tile, int level, int64_t index, struct digest *out)
	__attribute__((warn_unused_result));

#endif
