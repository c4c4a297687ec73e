"""Writes articles to try the job on, and compares its tables with the command line's answers."""

import json
import random
import sys
from pathlib import Path

import pyarrow
from pyarrow import parquet

COUNT = 2_000
NO_JSON = ["{\"id\": \"torn\", \"text\": \"The wall", "no JSON at all"]

SENTENCES = [
    "The council of Port Ellery approved the new harbour wall on Tuesday.",
    "“We were one storm away from losing the market,” said Mayor Ines Calder.",
    "The ferry 🚢 will run every hour from May, the operator said.",
    "“Nobody asked the fishermen,” said Tomas Brandt, who heads their union.",
    "According to the harbour office, the work will take three years.",
    "Rain fell on the old town for the ninth day in a row.",
    "Calder said the money was “safe until the spring” 😀 and no longer.",
    "Two schools moved their lessons to the library on the hill.",
    "“I have seen the water on the stairs,” Brandt added.",
    "The wall will be paid for by a toll of two crowns on every lorry.",
    "Zoë Ångström, an engineer, told the council that the old stones would hold.",
    "Die Fähre fährt im Winter nicht.",
]


def write(path: Path) -> None:
    chance = random.Random(9)
    lines = []
    for number in range(COUNT):
        article = {"id": f"article-{number}", "text": paragraphs(chance), "title": f"Harbour news {number}"}
        if number % 100 == 1:
            article["text"] = " "
        elif number % 100 == 2:
            article["languageCode"] = "not a code"
        elif number % 100 == 3:
            article["html"] = f"<html><body><article><p>{article.pop('text')}</p></article></body></html>"
        elif number % 100 == 4:
            article["query"] = "the ferry in winter"
        lines.append(json.dumps(article, ensure_ascii=False))
    lines[500:500] = NO_JSON
    path.write_text("\n".join(lines) + "\n")
    # The same articles as a table; what is no JSON has no place in one.
    table = [json.loads(line) for line in lines if line not in NO_JSON]
    columns = ["id", "text", "html", "title", "languageCode", "query"]
    table = pyarrow.table({name: pyarrow.array([row.get(name) for row in table], pyarrow.string()) for name in columns})
    parquet.write_table(table, path.parent / "articles.parquet")


def paragraphs(chance: random.Random) -> str:
    picked = chance.sample(SENTENCES, chance.randint(4, len(SENTENCES)))
    return "\n\n".join(" ".join(picked[i : i + 3]) for i in range(0, len(picked), 3))


def compare(work: Path, name: str) -> None:
    expected_bad = [] if name == "from_parquet" else sorted(NO_JSON)
    for table, key in (("summaries", "sentences"), ("quotes", "quotes")):
        answers = [json.loads(line) for line in (work / f"{table}.jsonl").read_text().splitlines()]
        answers = [answer for answer in answers if answer.get("id")]
        rows = parquet.read_table(work / name / table).to_pylist()

        bad = sorted(row["bad_row"] for row in rows if row["bad_row"] is not None)
        assert bad == expected_bad, bad

        refused = {answer["id"]: answer["error"]["reason"] for answer in answers if "error" in answer}
        assert refused == {row["id"]: row["error"]["reason"] for row in rows if row["error"]}, "other refusals"
        assert len(refused) == COUNT // 100 * 2, f"{len(refused)} refused"

        sound = [row for row in rows if row["bad_row"] is None and not row["error"]]
        if table == "summaries":
            found = {row["id"]: row for row in sound}
            wanted = {answer["id"]: answer["response"] for answer in answers if "response" in answer}
            assert found.keys() == wanted.keys(), "other articles"
            for name_, response in wanted.items():
                same(response.get("summary", ""), found[name_]["summary"] or "", name_)
                same(spans(response.get(key, [])), spans(found[name_]["sentences"] or []), name_)
        else:
            found = {}
            for row in sound:
                found.setdefault(row["id"], []).append(row)
            wanted = {answer["id"]: answer["response"].get(key, []) for answer in answers if "response" in answer}
            wanted = {name_: quotes for name_, quotes in wanted.items() if quotes}
            assert found.keys() == wanted.keys(), "other articles"
            for name_, quotes in wanted.items():
                same([told(quote) for quote in quotes], [told(quote) for quote in found[name_]], name_)
        print(f"{name}: {table}: {len(sound)} rows as the command line answers, {len(refused)} refused, {len(bad)} no JSON")


def spans(sentences: list[dict]) -> list[tuple]:
    return [(at["text"]["content"], at["text"].get("beginOffset") or 0, at["text"]["endOffset"]) for at in sentences]


def told(quote: dict) -> tuple:
    sources = (quote.get("attribution") or {}).get("sources") or []
    pieces = [(at["content"], at.get("beginOffset") or 0, at["endOffset"]) for at in quote["contents"]]
    return quote["form"], quote["text"], pieces, [source["speaker"] for source in sources]


def same(wanted: object, found: object, name: str) -> None:
    assert wanted == found, f"{name}: wanted {wanted}, found {found}"


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["write", path]:
            write(Path(path))
        case ["compare", work, name]:
            compare(Path(work), name)
