"""Summarizes and finds the quotes of a corpus of articles with Spark.

    spark-submit --files target/release/pullquote read_articles.py --input articles.jsonl --output answers

The input is JSON Lines or Parquet with the columns `id`, `text` or `html`, and optionally `title`, `languageCode` and
`query`. Every executor runs the static binary, which `--files` ships; with `--server HOST:PORT` they ask a running
service over one stream for each partition instead (then the executors need the packages in requirements.txt, and
`--py-files` the stubs of the Python client).

The output is two Parquet tables: `summaries`, one row an article, and `quotes`, one row a quote. Offsets are code points,
as Spark's `substring` and Python count. An article that cannot be answered has a row in both with `error` set, and a line
that is no JSON one with the line itself in `bad_row`; neither ends the job.
"""

import argparse
from collections.abc import Iterator

from pyspark import SparkFiles
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

ARTICLE = "id string, text string, html string, title string, languageCode string, query string"

SPAN = "struct<content: string, beginOffset: int, endOffset: int>"
ERROR = (
    "error struct<code: int, message: string, reason: string, "
    "fieldViolations: array<struct<field: string, description: string>>>"
)
SUMMARY = f"""
    id string,
    response struct<
        sentences: array<struct<text: {SPAN}, sentenceIndex: int, paragraphIndex: int, salience: float>>,
        summary: string, title: string, languageCode: string, sentenceCount: int>,
    {ERROR}"""
QUOTES = f"""
    id string,
    response struct<
        quotes: array<struct<
            form: string, contents: array<{SPAN}>, quoted: array<{SPAN}>, text: string,
            attribution: struct<
                sources: array<struct<mention: {SPAN}, speaker: string, speakerIndex: int>>, cue: {SPAN}, confidence: float>,
            paragraphIndex: int>>,
        speakers: array<struct<name: string, description: string, quoteCount: int, mentions: array<{SPAN}>>>,
        title: string, languageCode: string>,
    {ERROR}"""

STREAM_SECONDS = 3600


def main() -> None:
    options = arguments()
    spark = SparkSession.builder.appName("pullquote").getOrCreate()
    articles = read(spark, options.input).cache()
    sound = articles.where("bad_row is null").drop("bad_row")
    bad = articles.where("bad_row is not null").select("bad_row")

    def answers(task: str, schema: str) -> DataFrame:
        lines = ask(sound, options.server, task) if options.server else pipe(sound, task)
        answer = lines.select(F.from_json("answer", schema).alias("answer")).select("answer.*")
        return answer.unionByName(bad, allowMissingColumns=True)

    summaries = answers("summarize", SUMMARY)
    summaries.select("id", "response.*", "error", "bad_row").write.mode("overwrite").parquet(f"{options.output}/summaries")

    quotes = answers("quotes", QUOTES)
    quotes = quotes.withColumn("quote", F.explode_outer("response.quotes"))
    quotes = quotes.where("quote is not null or error is not null or bad_row is not null")
    quotes.select("id", "quote.*", "error", "bad_row").write.mode("overwrite").parquet(f"{options.output}/quotes")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Summarizes and finds the quotes of a corpus of articles.")
    parser.add_argument("--input", required=True, help="JSON Lines, or Parquet when its name ends so")
    parser.add_argument("--output", required=True, help="the folder for the tables summaries and quotes")
    parser.add_argument("--server", help="HOST:PORT of a running service, instead of the binary")
    return parser.parse_args()


def read(spark: SparkSession, path: str) -> DataFrame:
    if path.rstrip("/").endswith(".parquet"):
        rows = spark.read.parquet(path).withColumn("bad_row", F.lit(None).cast("string"))
        return spark.createDataFrame([], f"{ARTICLE}, bad_row string").unionByName(rows, allowMissingColumns=True)
    return spark.read.schema(f"{ARTICLE}, bad_row string").json(path, columnNameOfCorruptRecord="bad_row")


def pipe(articles: DataFrame, task: str) -> DataFrame:
    """Through the binary's `--jsonl`, one process for each partition."""
    context = articles.sparkSession.sparkContext
    # Executors find shipped files where they run; a local master keeps them in a folder of its own.
    folder = SparkFiles.getRootDirectory() if context.master.startswith("local") else "."
    answers = articles.toJSON().pipe(f"{folder}/pullquote {task} --jsonl --encoding utf32", checkCode=True)
    return answers.map(lambda line: (line,)).toDF("answer string")


def ask(articles: DataFrame, server: str, task: str) -> DataFrame:
    """Over one stream for each partition; the service slows it down when it is full."""

    def answers(batches: Iterator["pandas.DataFrame"]) -> Iterator["pandas.DataFrame"]:
        import grpc
        import pandas
        from google.protobuf import json_format
        from pullquote.v1 import pullquote_service_pb2 as pb
        from pullquote.v1 import pullquote_service_pb2_grpc as pb_grpc

        def item(row):
            columns = {name: value for name, value in row._asdict().items() if value is not None}
            query = columns.pop("query", "")
            name, code = columns.pop("id", ""), columns.pop("languageCode", "")
            document = pb.Document(language_code=code, **columns)
            if task == "quotes":
                request = pb.ExtractQuotesRequest(document=document, encoding_type=pb.ENCODING_TYPE_UTF32)
                return pb.ExtractQuotesStreamRequest(id=name, request=request)
            request = pb.SummarizeRequest(document=document, query=query, encoding_type=pb.ENCODING_TYPE_UTF32)
            return pb.SummarizeStreamRequest(id=name, request=request)

        with grpc.insecure_channel(server) as channel:
            service = pb_grpc.PullquoteServiceStub(channel)
            call = service.ExtractQuotesStream if task == "quotes" else service.SummarizeStream
            items = (item(row) for batch in batches for row in batch.itertuples(index=False))
            for answer in call(items, timeout=STREAM_SECONDS, wait_for_ready=True):
                yield pandas.DataFrame({"answer": [json_format.MessageToJson(answer)]})

    return articles.mapInPandas(answers, "answer string")


if __name__ == "__main__":
    main()
