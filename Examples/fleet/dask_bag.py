"""dask_bag.py RECORDS FACTS: lines of JSON through virt-cpu, with a Dask bag.

RECORDS is a file or a pattern, and FACTS a directory that gets a file for each partition (BLOCK, 32MiB).
"""
import os
import sys

import dask.bag
import worker


def facts(records):
    # One text for each partition: to_textfiles would end no file with a line feed, and files put together would lose lines.
    return ["".join(line + "\n" for line in worker.answers(records))]


if __name__ == "__main__":
    block = os.environ.get("BLOCK", "32MiB")
    records = dask.bag.read_text(sys.argv[1], blocksize=block, linedelimiter="\n", errors="surrogateescape")
    records.map_partitions(facts).to_textfiles(f"{sys.argv[2]}/*.ndjson")
