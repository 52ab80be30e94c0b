"""F9: the log is sealed as it was or as it is to be, whatever dies, and only what is safe is sealed.

| fault | how | what must happen |
|---|---|---|
| SIGKILL at the k-th system call of sealing | strace on the idle daemon, then one move; several k | every checkpoint is of the entries; the next daemon goes on |
| the standby that must have what is sealed stops | a standby of one's own, stopped and started | nothing is sealed meanwhile, and it is said; then all of it |
"""

import os
import shutil
import signal
import subprocess

import pytest

from conftest import pick
from kill import calls_of, killer
from load import PAIRS, Negotiation
from support.cluster import as_server
from trial import Trial, wait_until

SEALING = "sendto,fsync,renameat,write,openat"


def unsealed(house):
    behind = "select count(*) from log_head h left join log_seal s using (authority_id) where h.size > coalesce(s.size, 0)"
    return int(house.cluster.psql(behind, house.database)[0][0])


def test_a_daemon_killed_at_any_call_of_sealing_never_signs_two_trees(make_house, scratch):
    house = make_house(lease_ms=100)
    with Trial(house, "F9", "at the k-th call of sealing", threads=0) as trial, trial.watch.troubled():
        walk = Negotiation(trial.load, PAIRS[0]).to("negotiating")
        trial.rest()

        def question():
            """One that is not sent yet."""
            version = walk.officer.see(walk.id)["version"]
            body = {"move": "ask", "question": f"{trial.count} {walk.pair.shared}"}
            return walk.officer.make(f"/v1/placements/{walk.id}/moves", body, version)

        def sealed():
            walk.officer.insist(asked)
            trial.rest()

        asked = question()
        points = calls_of(house.daemon, SEALING, sealed, scratch)
        for call, k in points[::max(1, len(points) // pick(6, 100))]:
            asked = question()
            tracer = killer(house.daemon, call, k)
            house.daemon.expects(-signal.SIGKILL)
            walk.officer.send(asked)
            # one that is through with it comes to the k-th call all the same, by its leases
            wait_until(lambda: not house.daemon.running(), "the daemon was not killed")
            tracer.end()
            house.daemon.start()
            walk.officer.insist(asked)
            trial.rest()
            trial.did()
        walk.close()
        trial.notes.append(f"{len(points)} calls")
    house.stop()


@pytest.fixture
def standby(scratch):
    """standby(cluster) -> start and stop of a standby called `second`."""
    made = []

    def make(cluster):
        folder = os.path.join(cluster.folder, "standby", "data")
        os.makedirs(os.path.dirname(folder))
        if os.geteuid() == 0:
            shutil.chown(os.path.dirname(folder), "postgres", "postgres")
        subprocess.run(as_server(f"{cluster.bin}/pg_basebackup", "-D", folder, "-R", "-c", "fast", "--no-sync", "-d",
                                 cluster.conninfo("postgres") + " application_name=second"), cwd="/", check=True, capture_output=True)
        log = open(os.path.join(scratch, "standby.log"), "w", encoding="utf-8")

        def start():
            # nobody calls it, so it listens in its own folder only
            made.append(subprocess.Popen(as_server(f"{cluster.bin}/postgres", "-D", folder, "-c", "listen_addresses=", "-k", folder,
                                                   dies_with_us=True), cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log))

        def stop():
            made[-1].send_signal(signal.SIGINT)
            made[-1].wait(60)
        return start, stop

    yield make
    for process in made:
        if process.poll() is None:
            process.send_signal(signal.SIGQUIT)
            process.wait(60)


def test_nothing_is_sealed_before_the_standby_has_it(own_house, standby):
    house = own_house()
    house.daemon.stop()
    house.cluster.psql("grant pg_read_all_stats to concordat_service", "postgres")
    house.daemon.config["seal_after"] = "standby:second"
    start, stop = standby(house.cluster)
    start()
    house.daemon.start()
    with Trial(house, "F9", "the standby stops", threads=0) as trial:
        walk = Negotiation(trial.load, PAIRS[0]).to("negotiating")
        trial.rest()
        stop()
        walk.officer.move(walk.id, "ask", {"question": f"stopped {walk.pair.shared}"})
        said = house.daemon.wait_for_line(lambda line: line.get("message", "").startswith("Nothing is sealed"))
        assert "not connected" in said["message"] and unsealed(house) == 1
        start()
        trial.did()
        trial.rest()
        assert unsealed(house) == 0
        walk.close()
    house.stop()
    shutil.rmtree(os.path.join(house.cluster.folder, "standby"), ignore_errors=True)
