"""What anybody can check of a log with a public key alone, written apart from the service: RFC 6962 and C2SP notes.

The signature is left to `openssl pkeyutl`; the rest is hashes.
"""

import base64
import hashlib
import os
import subprocess
import tempfile


def leaf_of(header):
    return hashlib.sha256(b"\x00" + header.encode("utf-8")).digest()


def node_of(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(leaves):
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return node_of(root_of(leaves[:half]), root_of(leaves[half:]))


def root_from_path(leaf, index, size, path):
    """RFC 9162, 2.1.3.2; None when the path has another length."""
    at, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            return None
        if at & 1 or at == last:
            found = node_of(step, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_of(found, step)
        at, last = at >> 1, last >> 1
    return found if last == 0 else None


def grown(old_size, old_root, size, root, path):
    """RFC 9162, 2.1.4.2: whether the larger tree begins with the smaller."""
    if old_size == 0:
        return path == []
    if old_size == size:
        return path == [] and old_root == root
    path = list(path) if old_size & (old_size - 1) else [old_root, *path]
    if not path:
        return False
    at, last = old_size - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    was = found = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            was, found = node_of(step, was), node_of(step, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_of(found, step)
        at, last = at >> 1, last >> 1
    return last == 0 and was == old_root and found == root


def signature_holds(public_key, signature, body):
    der = bytes.fromhex("302a300506032b6570032100") + public_key
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, name) for name in ("key", "signature", "body")]
        for path, content in zip(paths, (der, signature, body)):
            with open(path, "wb") as file:
                file.write(content)
        done = subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", paths[0], "-rawin",
                               "-sigfile", paths[1], "-in", paths[2]], capture_output=True, check=False)
    return done.returncode == 0


class Checkpoint:
    """A signed note and what it says; verified is by which of the keys' lines."""

    def __init__(self, note):
        self.note = note
        body, signatures = note.rsplit("\n\n", 1)
        self.body = body + "\n"
        self.origin, size, root = body.split("\n")[:3]
        self.size, self.root = int(size), base64.b64decode(root)
        self.signatures = signatures.splitlines()

    def verified(self, key_lines):
        for line in key_lines.splitlines():
            name, key_id, key = line.split("+", 2)
            key = base64.b64decode(key)
            assert hashlib.sha256(name.encode() + b"\n" + key).hexdigest()[:8] == key_id and key[0] == 1
            for signature in self.signatures:
                mark, signer, value = signature.split(" ")
                value = base64.b64decode(value)
                if (mark, signer, value[:4].hex()) == ("\u2014", name, key_id):
                    return signer == self.origin and signature_holds(key[1:], value[4:], self.body.encode("utf-8"))
        return False


class Proof:
    """C2SP tlog-proof: index, path, checkpoint."""

    def __init__(self, text):
        head, note = text.split("\n\n", 1)
        first, index, *path = head.split("\n")
        assert first == "c2sp.org/tlog-proof@v1"
        self.index = int(index.removeprefix("index "))
        self.path = [base64.b64decode(line) for line in path]
        self.checkpoint = Checkpoint(note)

    def holds(self, header):
        c = self.checkpoint
        return root_from_path(leaf_of(header), self.index, c.size, self.path) == c.root
