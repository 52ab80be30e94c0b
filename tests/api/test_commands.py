"""The daemon's commands: a mistyped word does nothing, and says so."""

import os
import subprocess

import pytest

from support.daemon import ROOT, Daemon, database_settings


@pytest.fixture
def daemon_of(cluster, binary, scratch):
    made = []

    def make(name):
        database = cluster.create_database(name)
        made.append(database)
        return Daemon(binary, database_settings(cluster, database), os.path.join(scratch, name))

    yield make
    for database in made:
        cluster.drop_database(database)


@pytest.mark.parametrize("command", [
    ["migrate", "statsu"], ["check-config", "--listen_prt=3"], ["check-config", "extra"],
    ["create-admin", "--email", "a@b.example", "--nme", "x"], ["rehearse", "--to", "2026-04-01T10:00:00Z", "--step"],
    ["protocol", "--markdown", "--dot"], ["serve", "--config"], ["nothing"],
])
def test_a_word_that_a_command_does_not_take_is_refused_before_anything_is_done(binary, command):
    done = subprocess.run([binary, *command], cwd=ROOT, capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 2 and done.stdout == "" and "concordatd" in done.stderr


def test_commands_on_an_empty_database_say_to_migrate(daemon_of):
    daemon = daemon_of("commands_empty")
    for command in (["create-admin", "--email", "ada@concordat.example"], ["load-reference"], ["serve"]):
        done = daemon.run(*command, check=False)
        assert done.returncode != 0 and "concordatd migrate" in done.stderr, done.stderr


def test_commands_refuse_a_newer_schema(daemon_of, cluster):
    daemon = daemon_of("commands_newer")
    daemon.migrate()
    cluster.psql("insert into schema_version (version, name) values (999, 'later')", "commands_newer")
    for command in (["create-admin", "--email", "ada@concordat.example"], ["load-reference"], ["serve"], ["migrate"]):
        done = daemon.run(*command, check=False)
        assert done.returncode != 0 and "newer concordatd" in done.stderr, done.stderr


@pytest.mark.parametrize("email", ["", "notmail", "two words@x.example"])
def test_the_first_administrator_needs_an_address(daemon_of, email):
    daemon = daemon_of("commands_email")
    daemon.migrate()
    done = daemon.run("create-admin", "--email", email, check=False)
    assert done.returncode == 1 and done.stdout == "" and "e-mail address" in done.stderr


def test_a_protocol_that_an_earlier_release_loaded_stands_and_it_is_said_what_is_filled_in(daemon_of, cluster):
    daemon = daemon_of("commands_stored")
    daemon.migrate()
    daemon.load_reference()
    cluster.psql("update protocol set document = jsonb_set(document, '{timescales}', (select jsonb_agg(t) "
                 "from jsonb_array_elements(document -> 'timescales') t where t ->> 'duty' <> 'offer_help'))", "commands_stored")
    done = daemon.load_reference()
    said = [line for line in done.stdout.splitlines() if "protocol " in line]
    assert len(said) == 2 and all("stands as it was loaded" in line and "go for offer_help." in line for line in said)
    cluster.psql("update protocol set document = jsonb_set(document, '{offer_soon_within_days}', '7')", "commands_stored")
    done = daemon.run("load-reference", "reference", check=False)
    assert done.returncode == 1 and "says something else" in done.stderr
