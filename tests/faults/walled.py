"""A daemon with names and certificates of its own: what the tests call the world outside.

    walls = Walls(folder, binary)         walls.program is the daemon, in a mount namespace of its own
    walls.leads("hooks.example", "127.0.0.1")      from now on, as its /etc/hosts says
    context = walls.context("good")       an ssl.SSLContext of a server for MAIL and HOOKS
    walls.shows(context, "expired")       from its next connection on: good, or one of WRONG
"""

import os
import ssl
import stat
import subprocess

MAIL, HOOKS = "mail.concordat-test.example", "hooks.concordat-test.example"
NAMES = f"subjectAltName=DNS:{MAIL},DNS:{HOOKS}"
# Each by its days, what it says of itself, and who signed it.
CERTIFICATES = {
    "good": ("2", NAMES, "authority"),
    "expired": ("-1", NAMES, "authority"),
    "elsewhere": ("2", "subjectAltName=DNS:else.example", "authority"),
    "too_wide": ("2", "subjectAltName=DNS:*.example", "authority"),
    "no_server": ("2", NAMES + "\nextendedKeyUsage=clientAuth", "authority"),
    "strangers": ("2", NAMES, "stranger"),
    "self_signed": ("2", NAMES, None),
}
WRONG = tuple(name for name in CERTIFICATES if name != "good")
BUNDLE = "/etc/ssl/certs/ca-certificates.crt"
EC = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


class Walls:
    def __init__(self, folder, binary):
        os.makedirs(folder)
        self.folder, self.hosts, self.names = folder, os.path.join(folder, "hosts"), {}
        self.leads("localhost", "127.0.0.1")
        self._certify()
        # its name says which build it is
        self.program = os.path.join(folder, "walled-" + os.path.basename(os.path.dirname(binary)))
        with open(self.program, "w", encoding="ascii") as file:
            file.write(f"#!/bin/sh\nexec unshare --mount sh -c 'mount --bind {self.hosts} /etc/hosts && mount --bind "
                       f"{folder}/authority.crt {BUNDLE} && exec \"$0\" \"$@\"' {binary} \"$@\"\n")
        os.chmod(self.program, stat.S_IRWXU)

    @staticmethod
    def possible():
        return subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode == 0

    def leads(self, name, *addresses):
        self.names[name] = addresses
        with open(self.hosts, "w", encoding="ascii") as file:  # the same file, for it is mounted
            file.write("".join(f"{address} {name}\n" for name, addresses in self.names.items() for address in addresses))

    def _openssl(self, *words):
        subprocess.run(["openssl", *words], cwd=self.folder, check=True, capture_output=True)

    def _certify(self):
        for name in ("authority", "stranger"):
            self._openssl("req", "-x509", *EC, "-subj", f"/CN=An {name}", "-days", "2", "-out", f"{name}.crt", "-keyout", f"{name}.key")
        for name, (days, words, signer) in CERTIFICATES.items():
            with open(os.path.join(self.folder, "words"), "w", encoding="ascii") as file:
                file.write(words)
            self._openssl("req", *EC, "-subj", f"/CN={name}", "-out", "request", "-keyout", f"{name}.key")
            signed = ("-CA", f"{signer}.crt", "-CAkey", f"{signer}.key", "-CAcreateserial") if signer else ("-signkey", f"{name}.key")
            self._openssl("x509", "-req", "-in", "request", *signed, "-days", days, "-extfile", "words", "-out", f"{name}.crt")

    def context(self, name="good"):
        return self.shows(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), name)

    def shows(self, context, name):
        context.load_cert_chain(os.path.join(self.folder, f"{name}.crt"), os.path.join(self.folder, f"{name}.key"))
        return context
