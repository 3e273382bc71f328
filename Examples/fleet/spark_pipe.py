"""spark-submit spark_pipe.py RECORDS FACTS: lines of JSON through virt-cpu, with RDD.pipe.

RECORDS is a file or a directory of lines, and FACTS a new directory of text files.
"""
import os
import sys

from pyspark.sql import SparkSession

spark = SparkSession.builder.appName("virt-cpu facts").getOrCreate()
# Only a line feed ends a record; by default a carriage return does, too.
records = spark.read.text(sys.argv[1], lineSep="\n").rdd.map(lambda row: row.value)
facts = records.pipe(
    "virt-cpu facts --records ndjson",
    # The command gets this environment and nothing else: without PATH, only /bin and /usr/bin are searched.
    env={"PATH": os.environ["PATH"]},
    # Without checkCode, the lines of a killed virt-cpu are missing and nobody is told.
    checkCode=True,
)
facts.saveAsTextFile(sys.argv[2])
