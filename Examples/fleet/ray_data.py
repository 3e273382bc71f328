"""ray_data.py RECORDS FACTS: lines of JSON through virt-cpu, with Ray Data.

RECORDS is a directory, each file of which is one partition, and FACTS a directory that gets Parquet with the column facts.
"""
import io
import itertools
import sys

import pyarrow
import ray
import worker


def facts(files):
    # As bytes: read_text drops empty lines, or adds one at the end of each file.
    lines = itertools.chain.from_iterable(io.BytesIO(file.as_py()) for file in files["bytes"])
    return pyarrow.table({"facts": pyarrow.array(worker.answers(lines), pyarrow.large_string())})


records = ray.data.read_binary_files(sys.argv[1])
records.map_batches(facts, batch_format="pyarrow", batch_size=1).write_parquet(sys.argv[2])
