"""PostgreSQL answers, but slowly, with refusals, or without room.

| fault | how | what must happen |
|---|---|---|
| F10 slow | locks held on what every move needs | the statement's timeout, 503; /livez stays quick |
| F11 disk full | the data on a small tmpfs filled to the brim | 503 "storage"; goes on once there is room |
| F11 disk full, WAL too | the same with the WAL on it: the server panics | 503; after room is made and a start nothing is lost |
| F14 conflicts | a trigger raises 40001, 40P01, 55P03 and others | tried again, or 503; nothing half done |
"""

import errno
import glob
import itertools
import os
import shutil
import subprocess
import time

import pytest

from conftest import pick
from session import Refused, Session
from test_database_killed import start_patiently
from trial import Trial, wait_until

QUICK = {"asan": 0.25, "release": 0.05}
UNLIMITED = 15  # seconds; by the limit that is usual they would wait for longer


def quick(house):
    return QUICK["asan" if "asan" in house.daemon.binary else "release"]


# -- F10

LOCKS = {
    "the logs' heads": "select 1 from log_head for update",
    "the streams": "lock table stream in exclusive mode",
    "everything that is read": "lock table fact, placement_party in access exclusive mode",
    "the leases": "lock table lease in exclusive mode",
}


def test_a_slow_database_gives_503_and_never_stops_the_loop(make_house):
    limit = pick(0.2, 0.6)
    house = make_house(statement_timeout_ms=int(limit * 1000))
    with Trial(house, "F10", "locked: " + ", ".join(LOCKS), threads=6) as trial:
        trial.load.wait_for_moves(1)
        longest = 0.0
        for name in [*LOCKS] * pick(1, 8):
            with trial.watch.troubled():
                with Session(house.cluster, house.database) as session:
                    session.ask(f"begin; {LOCKS[name]}")
                    begun, put_off = time.monotonic(), trial.load.put_off + trial.load.reads_put_off
                    if name != "the leases":  # a wait for a lock is tried four times at most, each within the limit
                        wait_until(lambda put_off=put_off: trial.load.put_off + trial.load.reads_put_off > put_off,
                                   f"locked: {name}: nobody was told to come again", UNLIMITED)
                        longest = max(longest, time.monotonic() - begun)
                    trial.watch.wait_for_lively(quick(house))  # while they wait
                    trial.did()
            trial.load.wait_for_moves(1)
        trial.notes.append(f"503 after {longest:.1f} s at most, with a limit of {limit} s")
    house.stop()


# -- F14

TRIGGER = """
create sequence fault_count;
create function fault() returns trigger language plpgsql security definer as $$
begin
	if nextval('fault_count') <= {times} then
		raise exception 'a fault of the test' using errcode = '{sqlstate}';
	end if;
	return new;
end $$;
create trigger fault before insert or update on {table} for each row execute function fault();
"""


TABLES = pick(("placement_party",), ("placement_party", "fact", "stream", "obligation", "log_head", "delivery", "lease"))
CONFLICTS = ("40001", "40P01", "55P03")


def refuse(trial, table, sqlstate, times):
    """That table's next writes are refused so often, while moves go on; how many were put off by it."""
    house, before = trial.house, trial.load.put_off
    house.cluster.psql(TRIGGER.format(sqlstate=sqlstate, times=times, table=table), house.database)
    left = f"select last_value > {times} from fault_count"
    wait_until(lambda: house.cluster.psql(left, house.database) == [["t"]], "the trigger was not asked enough")
    trial.did(times)
    trial.load.wait_for_moves(1)
    house.cluster.psql(f"drop trigger fault on {table}; drop function fault; drop sequence fault_count", house.database)
    return trial.load.put_off - before


@pytest.mark.parametrize("name, sqlstates, times", [
    ("conflicts, twice", CONFLICTS, 2), ("conflicts, often", CONFLICTS, 40),
    ("others", ("57014", "53100", "53200", "08006", "58030"), 5),
])
def test_a_refusal_of_the_database_is_retried_or_told_and_leaves_nothing(house, name, sqlstates, times):
    with Trial(house, "F14", f"{name}: {' '.join(sqlstates)}", threads=4) as trial:
        for table, sqlstate in itertools.product(TABLES, sqlstates):
            trial.load.wait_for_moves(1)
            with trial.watch.troubled():
                put_off = refuse(trial, table, sqlstate, times)
            if times == 2 and table != "lease":
                assert put_off == 0, f"{sqlstate} on {table}: two conflicts were not tried again within"
        trial.load.wait_for_moves(1)


# -- F11

@pytest.fixture
def small_disk(scratch):
    """small_disk(megabytes) -> a folder on a tmpfs of that size. Needs the right to mount, as root in a container has."""
    made = []

    def make(megabytes):
        folder = os.path.join(scratch, f"disk-{time.monotonic_ns()}")
        os.makedirs(folder)
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0755", "tmpfs", folder],
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            pytest.fail(f"A tmpfs cannot be mounted here, so a full disk cannot be tried: {done.stderr}")
        made.append(folder)
        return folder

    yield make
    for folder in made:
        subprocess.run(["umount", "-l", folder], check=False)


def fill(folder):
    """To the last byte; the file that does it is to be taken away again."""
    path = os.path.join(folder, "filler")
    with open(path, "ab", buffering=0) as file:
        for piece in (b"\0" * 2**20, b"\0" * 4096):
            try:
                while True:
                    file.write(piece)
            except OSError as error:
                assert error.errno == errno.ENOSPC, error
    return path


def house_on(own_house, disk, wal_elsewhere, scratch):
    """A house whose cluster's data lies on that disk; its WAL too, or not."""
    house = own_house(folder=os.path.join(disk, "pg"), statement_timeout_ms=2000)
    house.daemon.stop()
    house.cluster.stop("fast")
    house.cluster.log = os.path.join(scratch, f"log-{time.monotonic_ns()}")  # which must not want for room
    data = house.cluster.data
    with open(os.path.join(data, "postgresql.conf"), "a", encoding="utf-8") as file:
        file.write("max_wal_size = 64MB\nmin_wal_size = 32MB\nwal_recycle = off\nautovacuum_naptime = 1s\n")
    if wal_elsewhere:
        wal = os.path.join(scratch, f"wal-{time.monotonic_ns()}")
        subprocess.run(["cp", "-a", os.path.join(data, "pg_wal"), wal], check=True)
        shutil.rmtree(os.path.join(data, "pg_wal"))
        os.symlink(wal, os.path.join(data, "pg_wal"))
    house.cluster.start()
    house.daemon.start()
    return house


def codes(load):
    return {a.code for one in list(load.asked) for a in list(one.answers) if a.status == 503}


def test_a_full_disk_is_told_as_storage_and_passes(own_house, small_disk, scratch):
    disk = small_disk(160)
    house = house_on(own_house, disk, True, scratch)
    with Trial(house, "F11", "data on a full disk", threads=6) as trial:
        for _ in range(pick(1, 6)):
            trial.load.wait_for_moves(1)
            since = time.monotonic()
            with trial.watch.troubled():
                filler = fill(disk)
                wait_until(lambda: any(a.code == "storage" and a.at > since for one in list(trial.load.asked)
                                       for a in list(one.answers)), "no move was told of the full disk", 40)
                trial.did()
                os.unlink(filler)
                trial.load.wait_for_moves(1)
        trial.notes.append("codes " + " ".join(sorted(codes(trial.load))))
        trial.load.wait_for_moves(2)


def test_a_full_disk_under_the_wal_ends_the_server_and_loses_nothing(own_house, small_disk, scratch):
    disk = small_disk(200)
    house = house_on(own_house, disk, False, scratch)
    with Trial(house, "F11", "WAL on a full disk: the server panics", threads=6) as trial:
        for _ in range(pick(1, 4)):
            trial.load.wait_for_moves(1)
            with trial.watch.troubled():
                with Session(house.cluster, "postgres") as session:
                    filler = fill(disk)
                    with pytest.raises((Refused, OSError)):
                        while True:  # each asks for a new file of 16 MB
                            session.ask("select pg_switch_wal(), pg_logical_emit_message(true, 'fill', repeat('x', 4000000))")
                wait_until(lambda: house.cluster.process.poll() is not None, "the server goes on without WAL")
                with trial.watch.away():
                    trial.did()
                os.unlink(filler)
                start_patiently(house.cluster)
                wait_until(house.ready, "the service does not come back")
        trial.load.wait_for_moves(2)
        with open(house.cluster.log, encoding="utf-8", errors="replace") as file:
            assert "PANIC" in file.read(), "the server did not panic, so this was not the fault"
    for path in glob.glob(os.path.join(scratch, "core*")):
        os.unlink(path)
