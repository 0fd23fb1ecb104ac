"""The tests' database servers. Their folder `lib` and that of the benches have one name, so the module is loaded by its
file."""

import importlib.util
from pathlib import Path

FILE = Path(__file__).resolve().parents[2] / "tests" / "lib" / "data_servers.py"
spec = importlib.util.spec_from_file_location("data_servers", FILE)
data_servers = importlib.util.module_from_spec(spec)
spec.loader.exec_module(data_servers)
Postgres = data_servers.Postgres
Mariadb = data_servers.Mariadb
