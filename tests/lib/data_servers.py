"""Real databases for tests: redis-server, PostgreSQL and MariaDB, each on sockets and files of its own, ended with the
test."""
import os
import shutil
import subprocess
import tempfile
import urllib.parse

from processes import Child, ProcessError, find_program, free_port, wait_until

POSTGRES = "/usr/lib/postgresql/15/bin"


class Redis:
    """A redis-server without persistence on "unix:SOCKET"."""

    def __init__(self, directory):
        self.program = find_program(["redis-server"], "apt-get install redis-server")
        self.directory = directory
        self.socket = os.path.join(directory, "redis.sock")
        self.child = None

    def start(self):
        self.child = Child("redis-server", [self.program, "--port", "0", "--unixsocket", self.socket, "--save", "",
                                            "--dir", self.directory], os.path.join(self.directory, "redis.log"))
        self.child.wait_listening("unix:" + self.socket)
        return self

    def stop(self):
        return self.child.stop() if self.child else None

    def ask(self, *words):
        """What redis-cli says, without the line's end."""
        done = subprocess.run(["redis-cli", "-s", self.socket, *words], capture_output=True, text=True, check=True)
        return done.stdout.removesuffix("\n")


class Postgres:
    """A PostgreSQL of its own under /tmp, where its user may go; .url is that of a database its superuser owns."""

    def __init__(self):
        if not os.access(f"{POSTGRES}/initdb", os.X_OK):
            raise ProcessError("PostgreSQL 15 is missing: apt-get install postgresql-15")
        self.directory = tempfile.mkdtemp(prefix="banyan-postgres-")
        self.as_user = []
        if os.geteuid() == 0:       # PostgreSQL refuses to run as root
            shutil.chown(self.directory, "postgres", "postgres")
            self.as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--pdeathsig=QUIT",
                            "--"]
        self.port = free_port()
        self.url = f"postgresql://banyan@:{self.port}/postgres?host={self.directory}"
        self.child = None

    def start(self):
        data = os.path.join(self.directory, "data")
        subprocess.run([*self.as_user, f"{POSTGRES}/initdb", "-D", data, "-U", "banyan", "-A", "trust", "-N",
                        "-E", "UTF8", "--locale=C.UTF-8"], check=True, stdout=subprocess.DEVNULL, cwd="/")
        self.child = Child("postgres", [*self.as_user, f"{POSTGRES}/postgres", "-D", data, "-p", str(self.port),
                                        "-c", "listen_addresses=", "-c", f"unix_socket_directories={self.directory}",
                                        "-c", "fsync=off", "-c", "log_statement=all"],
                           os.path.join(self.directory, "postgres.log"), cwd="/")

        def takes_connections():        # which is later than that it listens
            self.child.check_alive()
            return subprocess.run(["pg_isready", "-q", "-h", self.directory, "-p", str(self.port)],
                                  check=False).returncode == 0
        wait_until(takes_connections, 60, "PostgreSQL taking connections")
        return self

    def log(self):
        with open(os.path.join(self.directory, "postgres.log"), encoding="utf-8", errors="replace") as file:
            return file.read()

    def require_password(self, role):
        """From now on ROLE has to give its password; others are trusted still."""
        hba = os.path.join(self.directory, "data", "pg_hba.conf")
        with open(hba, encoding="ascii") as file:
            rules = file.read()
        with open(hba, "w", encoding="ascii") as file:
            file.write(f"local all {role} scram-sha-256\n{rules}")
        self.run("SELECT pg_reload_conf()")

    def sleeping(self):
        """How many sessions run pg_sleep()."""
        done = subprocess.run(["psql", "-X", "-A", "-t", self.url, "-c",
                               "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND "
                               "state = 'active' AND pid <> pg_backend_pid()"],
                              check=True, capture_output=True, text=True)
        return int(done.stdout)

    def connected(self):
        """How many sessions of clients there are."""
        done = subprocess.run(["psql", "-X", "-A", "-t", self.url, "-c",
                               "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND "
                               "pid <> pg_backend_pid()"], check=True, capture_output=True, text=True)
        return int(done.stdout)

    def run(self, sql):
        subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", self.url], input=sql, text=True, check=True)

    def stop(self):
        status = self.child.stop() if self.child else None
        shutil.rmtree(self.directory, ignore_errors=True)
        return status


class Mariadb:
    """A MariaDB of its own under /tmp; .url is that of a database whose user may do everything."""

    def __init__(self):
        self.program = find_program(["mariadbd"], "apt-get install mariadb-server")
        self.directory = tempfile.mkdtemp(prefix="banyan-mariadb-")
        self.socket = os.path.join(self.directory, "mariadb.sock")
        self.url = f"mariadb://banyan@/banyan?host={urllib.parse.quote(self.socket)}"
        self.child = None

    def start(self):
        data = os.path.join(self.directory, "data")
        common = ["--no-defaults", f"--datadir={data}", "--debug-no-sync", "--innodb-flush-method=nosync",
                  *(["--user=root"] if os.geteuid() == 0 else [])]
        subprocess.run([find_program(["mariadb-install-db"], "apt-get install mariadb-server"), *common,
                        "--auth-root-authentication-method=normal", "--skip-test-db", "--innodb-log-file-size=8M"],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.child = Child("mariadb", [self.program, *common, f"--socket={self.socket}", "--skip-networking",
                                       f"--pid-file={self.directory}/mariadb.pid", "--innodb-log-file-size=32M",
                                       "--innodb-flush-log-at-trx-commit=0", "--general-log=1",
                                       f"--general-log-file={self.directory}/general.log"],
                           os.path.join(self.directory, "mariadb.log"), cwd="/")
        self.child.wait_listening("unix:" + self.socket, timeout=60)
        self.run("CREATE DATABASE banyan; CREATE USER banyan@localhost; GRANT ALL ON banyan.* TO banyan@localhost; "
                 "GRANT ALL ON `banyan\\_wanted\\_%`.* TO banyan@localhost", "")
        return self

    def log(self):
        with open(os.path.join(self.directory, "general.log"), encoding="utf-8", errors="replace") as file:
            return file.read()

    def ask(self, sql):
        """The one value that a query gives."""
        done = subprocess.run(["mariadb", "--no-defaults", "-S", self.socket, "-u", "root", "-N", "-B", "-e", sql],
                              check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def sleeping(self):
        """How many sessions run SLEEP()."""
        return int(self.ask("SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE '%SLEEP(60)%' AND "
                            "id <> CONNECTION_ID()"))

    def connected(self):
        """How many sessions of the user that tests log in as there are."""
        return int(self.ask("SELECT COUNT(*) FROM information_schema.processlist WHERE user = 'banyan'"))

    def run(self, sql, database="banyan"):
        subprocess.run(["mariadb", "--no-defaults", "-S", self.socket, "-u", "root", *([database] if database else [])],
                       input=sql, text=True, check=True)

    def stop(self):
        status = self.child.stop() if self.child else None
        shutil.rmtree(self.directory, ignore_errors=True)
        return status
