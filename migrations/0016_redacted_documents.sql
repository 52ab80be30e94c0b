-- The bytes of a document go with the texts of the entry that attached it, when that is redacted: without its key nothing can
-- open them, and they are taken out as well. Digest, size and type remain, here and in the entry.
grant update (wrapped_key, content) on document to concordat_service;
