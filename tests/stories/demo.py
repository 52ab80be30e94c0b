"""`make demo`: plays stories D1, D3 and D4 and a late twin of D1, merged by date, prints what happens, and stays up.

A private PostgreSQL cluster, the daemon, a mail sink and a program that is told by webhook, all under var/. With DEMO_EXIT=1 it
leaves after the story: 0 only when every step was as expected.
"""

import os
import shutil
import signal
import subprocess
import sys
import textwrap

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from d1 import Late  # noqa: E402
from d3 import Bounced, D3  # noqa: E402
from d4 import D4  # noqa: E402
from house import House, PEOPLE, london  # noqa: E402
from support.cluster import Cluster, free_port  # noqa: E402
from support.daemon import ROOT  # noqa: E402
from support.sink import Sink  # noqa: E402
from told import Told  # noqa: E402

VAR = os.environ.get("DEMO_DIR", os.path.join(ROOT, "var"))
DATABASE = "concordat"
PG_PORT = free_port(int(os.environ.get("DEMO_PGPORT", "54399")))
PORT = free_port(int(os.environ.get("DEMO_PORT", "8440")))
BINARY = os.environ.get("CONCORDATD", os.path.join(ROOT, "build", "release", "concordatd"))


class Narrator:
    def step(self, instant, text):
        print(f"\n{instant:%a %d %b %Y %H:%M}  {text}", flush=True)

    def note(self, text):
        print(textwrap.fill(text, 118, initial_indent="    ", subsequent_indent="      "), flush=True)

    def mail(self, message):
        print(f"    e-mail to {', '.join(message.to)}: {message.subject}", flush=True)
        for line in message.text.strip().splitlines():
            print(f"      | {line}", flush=True)


def write_env(house, folder):
    """What the README's examples take from it, and whoever tries more."""
    values = {
        "CONCORDAT_URL": house.daemon.base_url,
        "AUTHORITY": house.organisations["council"],
        "PGHOST": "127.0.0.1",
        "PGPORT": house.cluster.port,
        "PGDATABASE": house.database,
        "PGUSER": "postgres",
        **{f"{name}_TOKEN": house.tokens[name] for name in ("ADMIN", *PEOPLE)},
    }
    path = os.path.join(folder, "demo.env")
    with open(os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w", encoding="ascii") as file:
        for name, value in values.items():
            file.write(f"{name}={value}\n")
    return path, values


def say_addresses(house, cases, path, values):
    print("\nThe story is over: every step was as expected. It is all still there:\n")
    for name, value in values.items():
        print(f"  {name}={value}")
    print(f"\nThe same as shell variables: {os.path.relpath(path, ROOT)}. For example:\n")
    print(f"  . {os.path.relpath(path, ROOT)}")
    print(f'  curl -s -H "Authorization: Bearer $PROVIDER_TOKEN" $CONCORDAT_URL/v1/placements/{cases[0].id}\n',
          flush=True)


def verify(record, keys):
    """Offline: the files alone."""
    done = subprocess.run([os.path.join(os.path.dirname(BINARY), "concordat"), "verify", record, "--key", keys],
                          capture_output=True, text=True, timeout=60, check=False)
    print(textwrap.indent(done.stdout + done.stderr, "    "), flush=True)
    return done.returncode


def prove(house, case, folder):
    """The record of what was agreed first, checked without the service; then with one penny changed."""
    record, changed, keys = (os.path.join(folder, name) for name in ("agreed-terms.json", "changed.json", "log.pub"))
    client = house.client("OFFICER")
    document = client.get(f"/v1/placements/{case.id}/agreements/1/record").body
    at = document.rindex(b'"weekly":{"amount":') + len(b'"weekly":{"amount":')
    end = document.index(b",", at)
    penny = document[:at] + str(int(document[at:end]) + 1).encode() + document[end:]
    for path, content in ((record, document), (changed, penny),
                          (keys, client.get(f"/v1/log/{house.organisations['council']}/keys").body)):
        with open(path, "wb") as file:
            file.write(content)
    print("\nThe agreed-terms record, checked by the log's public key and nothing else:\n", flush=True)
    held = verify(record, keys)
    print("The same with one penny more a week:\n", flush=True)
    found = verify(changed, keys)
    os.remove(changed)
    if (held, found) != (0, 1):
        sys.exit("The agreed-terms record was not checked as it should be.")
    print(f"Both files stay: {os.path.relpath(record, ROOT)}, {os.path.relpath(keys, ROOT)}", flush=True)


def play(cluster, sink):
    database = cluster.create_database(DATABASE)
    house = House(cluster, database, sink, BINARY, os.path.join(VAR, "daemon"),
                  {"listen_port": PORT, "public_url": f"http://127.0.0.1:{PORT}", "webhook_private_targets": True}, Narrator())
    house.daemon.migrate()
    house.daemon.load_reference()
    house.start(london("2026-03-23 09:00"))
    cases = [D4(house), Late(house), D3(house), Bounced(house)]  # D4 begins as D1
    with Told(house) as told:
        house.play([step for case in cases for step in case.steps()])
        told.show("offer_made")
    house.wait_sealed()
    prove(house, cases[0], VAR)
    path, values = write_env(house, VAR)
    say_addresses(house, cases, path, values)
    return house


def clear_var():
    """Whatever an earlier demo left is stopped and taken away: each begins clean."""
    earlier = Cluster(os.path.join(VAR, "pg"))  # which may have had to put its data elsewhere
    pid = os.path.join(earlier.data, "postmaster.pid")
    if os.path.exists(pid):
        with open(pid, encoding="ascii") as file:
            try:
                os.kill(int(file.readline()), signal.SIGQUIT)
            except (ValueError, ProcessLookupError):
                pass
    earlier.remove()
    shutil.rmtree(VAR, ignore_errors=True)
    os.makedirs(VAR)


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    clear_var()
    cluster = Cluster(os.path.join(VAR, "pg"), port=PG_PORT).start()
    try:
        with Sink(folder=os.path.join(VAR, "mail")) as sink:
            house = play(cluster, sink)
            try:
                if not os.environ.get("DEMO_EXIT"):
                    print("Press Ctrl-C to stop.", flush=True)
                    signal.pause()
            except KeyboardInterrupt:
                pass
            house.stop()
    finally:
        cluster.stop("fast")
    return 0


if __name__ == "__main__":
    sys.exit(main())
