"""Everything that a database holds, checked against what was recorded: entries a second, beside the bare hashing of their bytes.

Each entry is read, hashed, chained, folded and compared with what stands beside it; its leaf goes into the log's tree again.
`openssl speed` hashes pieces as long as an entry's header and body, on as many cores.
"""

import os
import re
import statistics

import logs
from ground import BenchError, Service, run

TIMES = 3


def hashed_a_second(length):
    """Pieces of so many bytes."""
    said = run(["openssl", "speed", "-mr", "-seconds", "1", "-bytes", str(length), "-multi", str(os.cpu_count()), "sha256"])
    return float(said.splitlines()[-1].rsplit(":", 1)[1]) / length


def verified_once(service):
    done = service.daemon.run("verify", check=False)
    found = re.search(r"(\d+) entries a second: (\d+) faults", done.stdout)
    if done.returncode != 0 or not found or found[2] != "0":
        raise BenchError(f"The database does not hold:\n{done.stdout[-2000:]}{done.stderr}")
    return int(found[1])


def verified(ground, table, base):
    copy = ground.copy(base)
    with Service(ground, copy, requests_per_second=0, **logs.fresh(logs.settings())) as service:
        logs.wait_sealed(ground, copy)
    ((count, length),) = ground.cluster.psql(
        "select count(*), avg(octet_length(header) + octet_length(body) + octet_length(nonce))::integer from fact", copy)
    ground.settle()
    rate = statistics.median(verified_once(service) for _ in range(TIMES))
    ground.drop(copy)
    bare = hashed_a_second(int(length))
    table.head(f"Verifying {int(count):,} entries of {length} bytes, on {os.cpu_count()} cores", "entries/s")
    table.line("concordatd verify: replay, hashes, proof, views", rate)
    table.line("openssl speed sha256 of as many bytes", round(bare))
    table.figure("facts_verified", rate, "facts/s", rate / bare)
