"""`concordatd doctor`: a healthy house has nothing to mend, and each fault that is planted is named."""

import contextlib
import datetime
import itertools
import json
import os
import re
import shutil
import socket
import subprocess
import threading

import pytest

from support.cluster import Cluster, free_port
from support.daemon import ROOT, Daemon, database_settings
from support.sink import Sink

from conftest import ApiHouse

CHECKS = [
    "settings", "public_url", "tls", "database", "postgresql", "durability", "connections", "time_zone", "rights",
    "database_reader", "rights_reader", "database_owner", "rights_owner", "schema", "clock", "master_key", "reference",
    "calendar_england_and_wales", "calendar_scotland", "calendar_northern_ireland", "obligations", "deliveries", "log",
    "leases", "log_key", "log_dir", "seal_after", "logs", "mail", "port",
]
numbers = itertools.count(1)


@pytest.fixture(scope="module")
def durable(scratch):
    """A cluster with fsync, as one that is served from has."""
    with Cluster(os.path.join(scratch, "doctor-pg")) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def lived_in(durable, binary, scratch):
    """A house with a placement under way, whose daemon has ended; its database is copied for each fault."""
    name = durable.create_database("doctor_template")
    with Sink() as sink:
        house = ApiHouse(durable, name, sink, binary, os.path.join(scratch, "doctor"))
        house.daemon.migrate()
        house.daemon.load_reference()
        house.start()
        house.journey("negotiating")
        house.wait_quiet()
        house.wait_sealed()
        house.stop()
    return house


class Patient:
    """A copy of the house, and the doctor's word on it."""

    def __init__(self, lived_in, sink, binary, scratch):
        self.cluster, number = lived_in.cluster, next(numbers)
        self.database = self.cluster.create_database(f"doctor_{number}", template=lived_in.database)
        self.daemon = Daemon(binary, {
            **lived_in.daemon.config, **database_settings(self.cluster, self.database), "smtp_url": sink.url,
            "listen_port": free_port(), "log_dir": os.path.join(scratch, f"doctor-{number}", "log"),
        }, os.path.join(scratch, f"doctor-{number}"))
        shutil.copytree(lived_in.daemon.config["log_dir"], self.daemon.config["log_dir"])

    def sql(self, statements):
        return self.cluster.psql(statements, self.database)

    def doctor(self, **settings):
        """name -> finding, and whether the exit code said that all is sound."""
        self.daemon.config.update(settings)
        done = self.daemon.run("doctor", "--json", check=False)
        report = json.loads(done.stdout)
        assert done.returncode == (0 if report["sound"] else 1), done.stderr
        return {finding["name"]: finding for finding in report["findings"]}, report["sound"]

    def found(self, name, grade="fail", **settings):
        """The one thing that is wrong, in the words for it."""
        findings, sound = self.doctor(**settings)
        assert findings[name]["grade"] == grade, findings
        assert findings[name]["advice"]
        others = {finding["name"] for finding in findings.values() if finding["grade"] != "ok"} - {name, "leases"}
        assert others == set(), findings
        assert sound == (grade != "fail")
        return findings[name]["found"] + " " + findings[name]["advice"]


@pytest.fixture
def patient(lived_in, binary, scratch):
    with Sink() as sink:
        patient = Patient(lived_in, sink, binary, scratch)
        yield patient
        patient.daemon.kill9()
        patient.cluster.drop_database(patient.database)


# -- A healthy house

def test_a_healthy_house_has_nothing_to_mend(patient):
    with patient.daemon:
        patient.daemon.wait_for_line(lambda line: line.get("message") == "listening")
        findings, sound = patient.doctor()
        while findings["leases"]["grade"] != "ok":  # they are taken a moment after the start
            findings, sound = patient.doctor()
        assert sound and list(findings) == CHECKS
        assert {finding["grade"] for finding in findings.values()} == {"ok"}, findings
        assert not any("advice" in finding for finding in findings.values())
        assert "ready" in findings["port"]["found"]
        lines = patient.daemon.run("doctor").stdout.splitlines()
    assert len(lines) == len(CHECKS) and all(line.startswith("ok    ") for line in lines)


def test_the_doctor_changes_nothing(patient):
    def dump():
        command = [f"{patient.cluster.bin}/pg_dump", "--data-only", patient.cluster.conninfo(patient.database)]
        lines = subprocess.run(command, cwd="/", capture_output=True, check=True).stdout.splitlines()
        return [line for line in lines if not line.startswith(b"\\")]  # a word of psql's own, new each time
    before = dump()
    patient.doctor()
    assert dump() == before


def test_nobody_serving_is_a_warning_and_no_fault(patient):
    assert "No daemon" in patient.found("leases", "warn")


def test_a_line_stands_for_each_check_with_what_to_do_behind_it(patient):
    patient.sql("delete from schema_version where version > 1")
    done = patient.daemon.run("doctor", check=False)
    lines = {line[6:].split()[0]: line for line in done.stdout.splitlines()}
    assert done.returncode == 1 and done.stderr == ""
    assert lines["schema"].startswith("FAIL  schema ") and " — Run concordatd migrate" in lines["schema"]
    assert lines["database"].startswith("ok    database ")


# -- Faults of the database and its server

def test_a_database_that_cannot_be_reached_is_named(patient):
    away = patient.cluster.conninfo(patient.database, "concordat_service").replace("port=", "port=1")
    findings, sound = patient.doctor(database=away)
    assert not sound and findings["database"]["grade"] == "fail" and "Start PostgreSQL" in findings["database"]["advice"]
    assert "schema" not in findings and findings["mail"]["grade"] == "ok"


@pytest.mark.parametrize("setting, user, name, word", [
    ("database", "postgres", "rights", "could change facts"),
    ("database", "concordat_owner", "rights", "could change facts"),
    ("database_reader", "postgres", "rights_reader", "row-level security"),
    ("database_reader", "concordat_owner", "rights_reader", "row-level security"),
    ("database_owner", "concordat_reader", "rights_owner", "does not own"),
])
def test_a_role_with_the_wrong_rights_is_named(patient, setting, user, name, word):
    assert word in patient.found(name, **{setting: patient.cluster.conninfo(patient.database, user)})


def test_reading_as_the_role_that_writes_is_a_warning(patient):
    assert "concordat_reader" in patient.found("database_reader", "warn", database_reader="")


def test_a_server_that_may_lose_what_it_confirmed_is_named(cluster, lived_in, binary, scratch, template):
    """The tests' own cluster runs without fsync."""
    name = cluster.create_database("doctor_fast", template=template)
    daemon = Daemon(binary, {**lived_in.daemon.config, **database_settings(cluster, name), "smtp_url": ""},
                    os.path.join(scratch, "doctor-fast"))
    findings = {f["name"]: f for f in json.loads(daemon.run("doctor", "--json", check=False).stdout)["findings"]}
    assert findings["durability"]["grade"] == "fail" and "fsync is off" in findings["durability"]["found"]
    assert findings["mail"]["grade"] == "warn"
    assert findings["master_key"]["grade"] == "ok", "nobody is entered there whom it could fail to open"
    cluster.drop_database(name)


def test_commits_that_do_not_wait_are_named(patient):
    patient.sql(f'alter role concordat_service in database "{patient.database}" set synchronous_commit = off')
    assert "synchronous_commit off" in patient.found("durability")


@pytest.mark.parametrize("sql, word", [
    ("delete from schema_version where version > 1", "concordatd migrate"),
    ("insert into schema_version values (999, 'later')", "newer concordatd"),
    ("drop table schema_version", "concordatd migrate"),
])
def test_a_schema_that_does_not_fit_is_named_and_what_rests_on_it_left_alone(patient, sql, word):
    patient.sql(sql)
    assert word in patient.found("schema")
    assert "calendar_scotland" not in patient.doctor()[0]


@pytest.mark.parametrize("ahead_s, grade", [(5, "fail"), (-5, "fail"), (1, "warn")])
def test_clocks_apart_are_named(patient, ahead_s, grade):
    """The database's clock, as everybody sees it, is set wrong."""
    patient.sql("create or replace function us(at timestamptz) returns bigint language sql stable strict parallel safe as "
                f"$$ select (extract(epoch from at) * 1000000)::bigint + {ahead_s} * 1000000 $$")
    assert ("behind" if ahead_s > 0 else "ahead") in patient.found("clock", grade)


# -- Faults of what is in it

def test_a_master_key_that_opens_nobodys_key_is_named(patient, tmp_path):
    other = tmp_path / "other.key"
    other.write_text("ab" * 32 + "\n")
    other.chmod(0o600)
    assert "does not open" in patient.found("master_key", master_key_file=str(other))


@pytest.mark.parametrize("content, mode, word", [
    (None, None, "cannot be read"), ("ab" * 32, 0o644, "chmod o="), ("short", 0o600, "64 hexadecimal digits"),
])
def test_a_master_key_file_that_is_not_right_is_named(patient, tmp_path, content, mode, word):
    path = tmp_path / "master.key"
    if content:
        path.write_text(content)
        path.chmod(mode)
    assert word in patient.found("master_key", master_key_file=str(path))


def test_a_calendar_that_ends_too_soon_is_named(patient):
    with open(os.path.join(ROOT, "reference/calendars/england-and-wales.json"), encoding="utf-8") as file:
        calendar = json.load(file)
    last = f"{datetime.date.today().year}-12-31"
    calendar |= {"version": 2, "last_day": last, "events": [e for e in calendar["events"] if e["date"] <= last]}
    patient.sql("insert into calendar (division, version, document) values "
                f"('england-and-wales', 2, $json${json.dumps(calendar)}$json$)")
    assert f"reaches {last}" in patient.found("calendar_england_and_wales")


def test_a_calendar_that_ends_within_eighteen_months_is_a_warning(patient):
    patient.sql("insert into rehearsal (protocol_at) values ('2027-09-01T10:00:00Z')")
    patient.sql("delete from calendar where division <> 'england-and-wales'; update obligation set next_at = null; "
                "update fact set recorded_at = '2027-09-01T10:00:00Z'")
    findings, sound = patient.doctor()
    grades = {name: finding["grade"] for name, finding in findings.items() if name.startswith("calendar")}
    assert sound and set(grades.values()) == {"warn"}
    assert "None is loaded" in findings["calendar_scotland"]["found"], "no authority goes by it"


def test_a_calendar_that_runs_out_is_said_to(patient):
    patient.sql("insert into rehearsal (protocol_at) values ('2028-08-01T10:00:00Z')")
    findings, sound = patient.doctor()
    found = findings["calendar_england_and_wales"]
    assert not sound and found["grade"] == "fail"
    assert found["found"] == "Version 1 reaches 2028-12-31, less than six months from now." and "load-reference" in found["advice"]


def test_an_authority_whose_protocol_is_not_loaded_is_named(patient):
    patient.sql("update authority set protocol_version = 99 where id = (select min(id::text)::uuid from authority)")
    done = patient.daemon.run("doctor", check=False)
    assert "FAIL  reference" in done.stdout and "1 of 2 authorities cannot be served" in done.stdout


def test_missing_cost_models_are_named(patient):
    patient.sql("delete from cost_model")
    assert "0 cost models" in patient.found("reference")


@pytest.mark.parametrize("sql, name, grade, word", [
    ("update obligation set due_at = now() - interval '3 hours', next_at = now() - interval '3 hours' where next_at is not null",
     "obligations", "fail", "3 hours"),
    ("insert into dispatch (id, channel, recipient_id, due_real) select id, channel, recipient_id, now() - interval '3 hours' "
     "from delivery where channel = 'email'", "deliveries", "warn", "oldest for 3 hours"),
    ("insert into dispatch (id, channel, recipient_id, due_real) select id, channel, recipient_id, now() - interval '3 days' "
     "from delivery where channel = 'email'", "deliveries", "fail", "oldest for 3 days"),
    ("delete from deliver_cursor; update fact set recorded_at = now() - interval '10 minutes'", "log", "fail", "10 minutes"),
])
def test_a_queue_that_is_stuck_is_named(patient, sql, name, grade, word):
    patient.sql(sql)
    assert word in patient.found(name, grade)


# -- Faults of this machine and its neighbours

def test_a_mail_server_that_is_away_is_named(patient):
    told = patient.found("mail", smtp_url=f"smtp://post:hush7@127.0.0.1:{free_port()}")
    assert "mail server" in told and "hush7" not in told


def test_a_mail_server_without_the_tls_that_is_asked_for_is_named(patient):
    assert "smtp_require_tls" in patient.found("mail", smtp_require_tls=True)


@contextlib.contextmanager
def somebody_else(port):
    """Answers every connection with a word of its own."""
    listener = socket.create_server(("127.0.0.1", port))

    def serve():
        while True:
            try:
                connection = listener.accept()[0]
            except OSError:
                return
            with connection:
                connection.sendall(b"220 not ours\r\n")
    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def test_a_port_that_somebody_else_has_is_named(patient):
    with somebody_else(patient.daemon.config["listen_port"]):
        assert "Something else" in patient.found("port")


def test_an_address_that_is_not_this_machines_is_named(patient):
    assert "Nothing can listen" in patient.found("port", listen_address="192.0.2.1", public_url="https://care.example")


def test_a_daemon_that_is_not_ready_is_named(patient):
    """Its database goes, and the doctor's own look at it too."""
    with patient.daemon:
        patient.cluster.psql(f'alter database "{patient.database}" allow_connections false', "postgres")
        patient.cluster.psql("select pg_terminate_backend(pid) from pg_stat_activity "
                             f"where datname = '{patient.database}'", "postgres")
        try:
            findings, sound = patient.doctor()
        finally:
            patient.cluster.psql(f'alter database "{patient.database}" allow_connections true', "postgres")
        assert not sound and findings["port"]["grade"] == "fail" and "not ready" in findings["port"]["found"]
        assert "database is away" in findings["port"]["found"]


@pytest.mark.parametrize("url, grade", [
    ("https:///care", "fail"), ("https://a b.example", "fail"), ("https://care.example.org?x=1", "fail"),
    ("http://care.example.org", "warn"),
])
def test_a_public_address_that_leads_nowhere_is_named(patient, url, grade):
    assert url in patient.found("public_url", grade, public_url=url)


def test_a_setting_that_makes_no_sense_is_told_before_anything_is_looked_at(patient):
    done = patient.daemon.run("doctor", "--public_url=care.example.org", check=False)
    assert done.returncode == 1 and done.stdout == "" and "public_url" in done.stderr


def certificate(folder, name, days):
    """A self-signed pair of files."""
    paths = [str(folder / f"{name}.{kind}") for kind in ("crt", "key")]
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-subj", "/CN=care.example.org", "-days", str(days), "-out", paths[0], "-keyout", paths[1]],
                   check=True, capture_output=True)
    os.chmod(paths[1], 0o600)
    return paths


def test_tls_files_that_do_not_fit_or_end_soon_are_named(patient, tmp_path):
    mine, other = certificate(tmp_path, "mine", 90), certificate(tmp_path, "other", 5)
    findings, sound = patient.doctor(tls_certificate=mine[0], tls_key=mine[1])
    assert sound and findings["tls"]["grade"] == "ok" and re.search("(89|90) days", findings["tls"]["found"])
    assert "mismatch" in patient.found("tls", tls_certificate=mine[0], tls_key=other[1])
    assert " days. " in patient.found("tls", "warn", tls_certificate=other[0], tls_key=other[1])
    os.chmod(mine[1], 0o644)
    assert "open to everybody" in patient.found("tls", tls_certificate=mine[0], tls_key=mine[1])
