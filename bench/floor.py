"""The floor under every figure: what PostgreSQL itself does with one bare prepared insert and one ST_Covers."""

import re
import subprocess
from pathlib import Path

from app.cluster import DATABASE, PORT, Cluster, program

TABLE = """
CREATE TABLE bench_floor (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id bigint NOT NULL, taken_at timestamptz NOT NULL, position geometry(Point, 4326) NOT NULL, inside boolean NOT NULL
);
GRANT SELECT, INSERT ON bench_floor TO tapak_app;
"""

SCRIPT = """
\\set person random(1, 2000)
\\set office random(0, 13)
\\set east random(-900, 900)
\\set north random(-900, 900)
INSERT INTO bench_floor (person_id, taken_at, position, inside)
SELECT :person, now(), fix.point, EXISTS (SELECT FROM site_versions WHERE ST_Covers(outline, fix.point))
FROM (SELECT ST_SetSRID(ST_MakePoint(115.23 + :office::float8 / 100 + :east::float8 / 1e6, -8.67 + :north::float8 / 1e6), 4326)
      AS point) AS fix;
"""


def prepare(cluster: Cluster) -> None:
    """Make the floor's own table."""
    cluster.sql(TABLE, DATABASE)


def inserts_per_second(cluster: Cluster, folder: Path, clients: int, seconds: int) -> float:
    """How many of those inserts so many clients commit in a second."""
    script = folder / "floor.sql"
    script.write_text(SCRIPT)
    where = ["-h", str(cluster.socket), "-p", str(PORT), "-U", "tapak_app", DATABASE]
    how = ["-n", "-M", "prepared", "-c", str(clients), "-j", "1", "-T", str(seconds), "-f", str(script)]
    done = subprocess.run([program("pgbench"), *how, *where], capture_output=True, text=True, check=True)
    found = re.search(r"tps = ([0-9.]+)", done.stdout)
    if found is None:
        raise RuntimeError(done.stdout + done.stderr)
    return float(found.group(1))
