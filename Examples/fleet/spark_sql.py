"""spark-submit spark_sql.py FACTS KINDS VERDICTS: what is refused where it is, by refused.sql, as lines of JSON."""
import json
import pathlib
import sys

from pyspark.sql import SparkSession

REASON = "code: string, features: array<string>, name: string, text: string"
COLUMNS = {
    "facts": "id string, host string, cluster string, ask string",
    "hosts": "host string, kind string",
    "verdicts": f"ask string, question string, answer string, kinds array<string>, reasons array<struct<{REASON}>>",
}

spark = SparkSession.builder.appName("virt-cpu refused").getOrCreate()
for (table, columns), path in zip(COLUMNS.items(), sys.argv[1:4], strict=True):
    # A line that is not JSON is an error here, not a row of nulls.
    spark.read.schema(columns).json(path, mode="FAILFAST").createOrReplaceTempView(table)
query = pathlib.Path(__file__).with_name("refused.sql").read_text()
for row in spark.sql(query).toLocalIterator():
    print(json.dumps(row.asDict(recursive=True)))
