"""What API tests and stories share: a cluster a session; a database and a daemon a module.

A module gets its own database by copying a template that was migrated and loaded
once, so modules cannot disturb one another and each starts in a moment. A module
that needs other settings says so at its top: DAEMON_SETTINGS = {"jobs": False}.
"""

import itertools
import os
import shutil
import sys
import tempfile

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from support.client import Client  # noqa: E402
from support.cluster import Cluster  # noqa: E402
from support.daemon import Daemon, database_settings, default_binary  # noqa: E402
from support.sink import Sink  # noqa: E402

numbers = itertools.count(1)


def claimed(path):
    """Whether the file is ours to run: the first of several pytests at work that asks has it."""
    try:
        os.close(os.open(os.path.join(os.environ["TEST_CLAIMS"], path.name), os.O_CREAT | os.O_EXCL))
        return True
    except FileExistsError:
        return False


def pytest_runtestloop(session):
    """With TEST_CLAIMS, a folder, several pytests share the same files out among themselves as they go."""
    if "TEST_CLAIMS" not in os.environ or session.config.option.collectonly:
        return None
    groups = itertools.groupby(session.items, key=lambda item: item.path)
    # the longest first, so that the hands end together
    files = sorted(((path, list(items)) for path, items in groups), key=lambda file: -file[0].stat().st_size)
    ours = (item for path, items in files if claimed(path) for item in items)
    item = next(ours, None)
    while item:
        following = next(ours, None)
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.shouldfail or session.shouldstop:
            raise session.Interrupted(session.shouldfail or session.shouldstop)
        item = following
    return True


@pytest.fixture(scope="session")
def scratch():
    """A folder for the session's files. It is short, for sockets live in it."""
    folder = tempfile.mkdtemp(prefix="cc-", dir="/tmp")
    os.chmod(folder, 0o755)  # the database's server has a user of its own
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def binary():
    return default_binary()


@pytest.fixture(scope="session")
def cluster(scratch):
    """A PostgreSQL cluster without fsync; a test of durability makes its own Cluster."""
    cluster = Cluster(os.path.join(scratch, "pg"), fsync=False).start()
    yield cluster
    cluster.stop("immediate")


@pytest.fixture(scope="session")
def template(cluster, binary, scratch):
    """The name of a database that is migrated and holds the reference data; never connect to it."""
    name = cluster.create_database("concordat_template")
    loader = Daemon(binary, database_settings(cluster, name), os.path.join(scratch, "template"))
    loader.migrate()
    loader.load_reference()
    return name


@pytest.fixture(scope="module")
def database(cluster, template):
    """The name of a fresh database like the template."""
    name = cluster.create_database(f"concordat_{next(numbers)}", template=template)
    yield name
    cluster.drop_database(name)


@pytest.fixture(scope="module")
def sink():
    with Sink() as sink:
        yield sink


@pytest.fixture(scope="module")
def make_daemon(binary, cluster, sink, scratch):
    """make_daemon(database, **settings) -> a Daemon that is not started; ended after the module."""
    made = []

    def make(database, **settings):
        config = {
            **database_settings(cluster, database),
            "smtp_url": sink.url,
            "smtp_from": "concordat@concordat.test",
            "smtp_require_tls": False,
            **settings,
        }
        made.append(Daemon(binary, config, os.path.join(scratch, f"daemon-{next(numbers)}")))
        return made[-1]

    yield make
    for daemon in made:
        daemon.kill9()


@pytest.fixture(scope="module")
def daemon(request, make_daemon, database):
    """A daemon that serves the module's database. It must end well: no leak, no finding."""
    daemon = make_daemon(database, **getattr(request.module, "DAEMON_SETTINGS", {})).start()
    yield daemon
    daemon.stop()


@pytest.fixture(scope="module")
def connect(daemon):
    """connect(token) -> a Client of the module's daemon."""
    clients = []

    def make(token=None):
        clients.append(Client(daemon.base_url, token))
        return clients[-1]

    yield make
    for client in clients:
        client.close()
