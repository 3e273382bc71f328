"""spark-submit --py-files worker.py spark_arrow.py RECORDS FACTS: a table through virt-cpu, with mapInArrow.

RECORDS is Parquet with the columns id, host, cluster and xml. FACTS becomes Parquet with the columns id, ask, error (its
code) and facts (the whole line).
"""
import itertools
import json
import sys

import pyarrow
import worker
from pyspark.sql import SparkSession


def records(batches):
    for batch in batches:
        for row in batch.to_pylist():
            yield json.dumps(row, ensure_ascii=False)


def facts(batches):
    answers = worker.answers(records(batches))
    while lines := list(itertools.islice(answers, 1000)):
        rows = [json.loads(line) for line in lines]
        yield pyarrow.RecordBatch.from_pydict({
            "id": [row["id"] for row in rows],
            "ask": pyarrow.array([row.get("ask") for row in rows], pyarrow.string()),
            "error": pyarrow.array([row.get("error", {}).get("code") for row in rows], pyarrow.string()),
            "facts": lines,
        })


spark = SparkSession.builder.appName("virt-cpu facts").getOrCreate()
table = spark.read.parquet(sys.argv[1]).select("id", "host", "cluster", "xml")
table.mapInArrow(facts, "id string, ask string, error string, facts string").write.parquet(sys.argv[2])
