/*
 * personal.c - texts about a person, under that person's own key.
 *
 * A key is wrapped by the master key with AAD "authority|person"; a text is sealed under the key
 * with AAD "authority|stream|seq|field", so that no row can be passed off as another. Sealed bytes
 * are nonce (12), ciphertext, tag (16), AES-256-GCM. The digest that the fact carries is
 * SHA-256(salt
 * || text), salt = HMAC-SHA-256(key, stream || seq, big-endian || field). Without the key neither
 * can be computed: that is what erasing a person means.
 */
#include <openssl/crypto.h>
#include <sodium.h>
#include <string.h>

#include "internal.h"

#include "concordat/base/report.h"

#define NONCE_SIZE 12
#define TAG_SIZE 16

static struct text ids_text(struct arena *arena, struct uuid authority, struct uuid other)
{
	char first[37], second[37];

	uuid_format(authority, first);
	uuid_format(other, second);
	return text_printf(arena, "%s|%s", first, second);
}

static struct text text_aad(struct arena *arena, struct uuid authority, struct uuid stream,
			    int32_t seq, struct text field)
{
	struct text ids = ids_text(arena, authority, stream);

	return text_printf(arena, "%.*s|%d|%.*s", TEXT_FMT(ids), seq, TEXT_FMT(field));
}

struct digest personal_salt(struct arena *arena, const struct person_key *key, struct uuid stream,
			    int32_t seq, struct text field)
{
	uint32_t n = (uint32_t)seq;
	const uint8_t number[4] = {(uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8),
				   (uint8_t)n};
	struct writer w;

	writer_init(&w, arena);
	writer_put(&w, (struct text){(const char *)stream.bytes, sizeof(stream.bytes)});
	writer_put(&w, (struct text){(const char *)number, sizeof(number)});
	writer_put(&w, field);
	return hmac_sha256(key->bytes, sizeof(key->bytes), writer_text(&w));
}

static struct digest personal_digest(struct arena *arena, const struct person_key *key,
				     struct uuid stream, int32_t seq, struct text field,
				     struct text text)
{
	struct digest salt = personal_salt(arena, key, stream, seq, field), digest;

	digest = sha256((struct text){(const char *)salt.bytes, sizeof(salt.bytes)}, text,
			TEXT_NONE);
	OPENSSL_cleanse(&salt, sizeof(salt));
	return digest;
}

/* The cipher works on what it is given and cannot fail for a reason of the input when sealing. */
static void must(int done)
{
	if (done != 1)
		report_fatal("app", "AES-256-GCM failed while sealing");
}

static struct text seal(struct app *app, struct arena *arena, const uint8_t key[32],
			struct text aad, struct text plain)
{
	EVP_CIPHER_CTX *c = app->cipher_context;
	size_t size = NONCE_SIZE + plain.len + TAG_SIZE;
	uint8_t *out = arena_alloc(arena, size);
	int len = 0;

	randombytes_buf(out, NONCE_SIZE);
	must(EVP_EncryptInit_ex2(c, app->cipher, key, out, NULL));
	must(EVP_EncryptUpdate(c, NULL, &len, (const uint8_t *)aad.at, (int)aad.len));
	must(EVP_EncryptUpdate(c, out + NONCE_SIZE, &len, (const uint8_t *)plain.at,
			       (int)plain.len));
	must(EVP_EncryptFinal_ex(c, out + NONCE_SIZE + len, &len));
	must(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, TAG_SIZE, out + NONCE_SIZE + plain.len));
	must(EVP_CIPHER_CTX_reset(c));
	return (struct text){(const char *)out, size};
}

/* plain: sealed.len - NONCE_SIZE - TAG_SIZE bytes; not to be looked at when this is false. */
static bool unseal(struct app *app, const uint8_t key[32], struct text aad, struct text sealed,
		   uint8_t *plain)
{
	EVP_CIPHER_CTX *c = app->cipher_context;
	const uint8_t *at = (const uint8_t *)sealed.at;
	size_t size = sealed.len - NONCE_SIZE - TAG_SIZE;
	uint8_t tag[TAG_SIZE];
	int len = 0;
	bool sound;

	memcpy(tag, at + NONCE_SIZE + size, TAG_SIZE);
	sound = EVP_DecryptInit_ex2(c, app->cipher, key, at, NULL) == 1 &&
		EVP_DecryptUpdate(c, NULL, &len, (const uint8_t *)aad.at, (int)aad.len) == 1 &&
		EVP_DecryptUpdate(c, plain, &len, at + NONCE_SIZE, (int)size) == 1 &&
		EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, TAG_SIZE, tag) == 1 &&
		EVP_DecryptFinal_ex(c, plain + len, &len) == 1;
	EVP_CIPHER_CTX_reset(c);
	return sound;
}

bool personal_start(struct app *app, struct text *why)
{
	app->cipher = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
	app->cipher_context = EVP_CIPHER_CTX_new();
	if (app->cipher && app->cipher_context)
		return true;
	personal_stop(app);
	*why = TEXT("This OpenSSL offers no AES-256-GCM. Check its configuration.");
	return false;
}

void personal_stop(struct app *app)
{
	EVP_CIPHER_CTX_free(app->cipher_context);
	EVP_CIPHER_free(app->cipher);
	app->cipher_context = NULL;
	app->cipher = NULL;
}

struct text person_key_new(struct app *app, struct arena *arena, struct uuid authority,
			   struct uuid person, struct person_key *key)
{
	key->present = true;
	randombytes_buf(key->bytes, sizeof(key->bytes));
	return seal(app, arena, app->master, ids_text(arena, authority, person),
		    (struct text){(const char *)key->bytes, sizeof(key->bytes)});
}

bool person_key_unwrap(struct app *app, struct uuid authority, struct uuid person,
		       struct text wrapped, struct person_key *key)
{
	struct arena *scratch;
	bool sound;

	*key = (struct person_key){0};
	if (!wrapped.at)
		return true; /* erased */
	if (wrapped.len != NONCE_SIZE + sizeof(key->bytes) + TAG_SIZE)
		return false;
	scratch = arena_new();
	sound = unseal(app, app->master, ids_text(scratch, authority, person), wrapped, key->bytes);
	arena_free(scratch);
	if (!sound)
		OPENSSL_cleanse(key->bytes, sizeof(key->bytes));
	key->present = sound;
	return sound;
}

struct text secret_seal(struct app *app, struct arena *arena, const char *what, struct uuid id,
			struct text plain)
{
	struct text aad = text_printf(arena, "%s|%.*s", what, TEXT_FMT(uuid_text(arena, id)));

	return seal(app, arena, app->master, aad, plain);
}

bool secret_open(struct app *app, struct arena *arena, const char *what, struct uuid id,
		 struct text sealed, struct text *out)
{
	struct text aad = text_printf(arena, "%s|%.*s", what, TEXT_FMT(uuid_text(arena, id)));
	uint8_t *plain;

	*out = TEXT_NONE;
	if (sealed.len < NONCE_SIZE + TAG_SIZE)
		return false;
	plain = arena_alloc(arena, sealed.len - NONCE_SIZE - TAG_SIZE);
	if (!unseal(app, app->master, aad, sealed, plain))
		return false;
	*out = (struct text){(const char *)plain, sealed.len - NONCE_SIZE - TAG_SIZE};
	return true;
}

struct sealing {
	struct app *app;
	struct arena *arena;
	const struct person_key *key;
	struct uuid authority, stream;
	int32_t seq;
	struct append_text *rows;
	size_t count;
};

static void on_personal(void *context, struct text path, struct personal *personal)
{
	struct sealing *s = context;
	struct append_text *row = LIST_ADD(s->arena, s->rows, s->count);
	struct text aad = text_aad(s->arena, s->authority, s->stream, s->seq, path);

	personal->digest =
		personal_digest(s->arena, s->key, s->stream, s->seq, path, personal->text);
	row->seq = s->seq;
	row->field = text_copy(s->arena, path);
	row->sealed = seal(s->app, s->arena, s->key->bytes, aad, personal->text);
}

struct list personal_seal_data(struct app *app, struct arena *arena, const struct person_key *key,
			       struct uuid authority, struct uuid stream, int32_t seq,
			       const struct schema *schema, void *data)
{
	struct sealing s = {
		.app = app,
		.arena = arena,
		.key = key,
		.authority = authority,
		.stream = stream,
		.seq = seq,
	};

	/* The fact was made a moment ago and is nobody else's yet: its digests are ours to fill. */
	schema_each_personal(arena, schema, data, on_personal, &s);
	return (struct list){s.rows, s.count};
}

struct list personal_seal(struct app *app, struct arena *arena, const struct person_key *key,
			  struct uuid authority, struct uuid stream, const struct fact *fact)
{
	return personal_seal_data(app, arena, key, authority, stream, fact->seq,
				  move_schema((enum move)fact->kind), (void *)fact->data);
}

struct text personal_seal_one(struct app *app, struct arena *arena, const struct person_key *key,
			      struct uuid authority, struct uuid stream, int32_t seq,
			      struct text field, struct text plain)
{
	return seal(app, arena, key->bytes, text_aad(arena, authority, stream, seq, field), plain);
}

bool personal_open(struct app *app, struct arena *arena, const struct person_key *key,
		   struct uuid authority, struct uuid stream, int32_t seq, struct text field,
		   struct text sealed, struct text *out)
{
	struct text aad = text_aad(arena, authority, stream, seq, field);
	uint8_t *plain;

	*out = TEXT_NONE;
	if (!key->present || sealed.len < NONCE_SIZE + TAG_SIZE)
		return false;
	plain = arena_alloc(arena, sealed.len - NONCE_SIZE - TAG_SIZE);
	if (!unseal(app, key->bytes, aad, sealed, plain))
		return false;
	*out = (struct text){(const char *)plain, sealed.len - NONCE_SIZE - TAG_SIZE};
	return true;
}
