"""duckdb_sql.py FACTS KINDS VERDICTS: what is refused where it is, by refused.sql, as lines of JSON."""
import json
import pathlib
import sys

import duckdb

REASON = "STRUCT(code VARCHAR, features VARCHAR[], name VARCHAR, text VARCHAR)"
COLUMNS = {
    "facts": {"id": "VARCHAR", "host": "VARCHAR", "cluster": "VARCHAR", "ask": "VARCHAR"},
    "hosts": {"host": "VARCHAR", "kind": "VARCHAR"},
    "verdicts": {"ask": "VARCHAR", "question": "VARCHAR", "answer": "VARCHAR", "kinds": "VARCHAR[]", "reasons": f"{REASON}[]"},
}

database = duckdb.connect()
for (table, columns), path in zip(COLUMNS.items(), sys.argv[1:4], strict=True):
    # With the columns named, nothing is guessed from the first lines. A line of kinds.ndjson can be several megabytes.
    database.read_json(path, format="newline_delimited", columns=columns, maximum_object_size=64 << 20).create_view(table)
found = database.execute(pathlib.Path(__file__).with_name("refused.sql").read_text())
names = [column[0] for column in found.description]
while rows := found.fetchmany(1000):
    for row in rows:
        print(json.dumps(dict(zip(names, row))))
