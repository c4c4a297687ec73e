"""Times the peers in Python on one article: peers.py NAME FILE ROUNDS prints the least time in milliseconds.

Each is given the text and answers three sentences, as its own documentation does it; but where one asks NLTK for sentences
and words, it gets them by a plain regular expression, which is faster and downloads nothing.
"""

import re
import sys
import time


class Tokenizer:
    def to_sentences(self, text):
        return [sentence for sentence in re.split(r"(?<=[.!?”])\s+", text) if sentence]

    def to_words(self, sentence):
        return re.findall(r"[\w'’]+", sentence)


def sumy():
    from sumy.nlp.stemmers import Stemmer
    from sumy.parsers.plaintext import PlaintextParser
    from sumy.summarizers.lex_rank import LexRankSummarizer
    from sumy.utils import get_stop_words

    summarizer = LexRankSummarizer(Stemmer("english"))
    summarizer.stop_words = get_stop_words("english")
    return lambda text: summarizer(PlaintextParser.from_string(text, Tokenizer()).document, 3)


def summa():
    from summa.summarizer import summarize

    return lambda text: summarize(text, words=75)


def lexrank():
    from lexrank import STOPWORDS, LexRank

    def summarize(text):
        sentences = Tokenizer().to_sentences(text)
        return LexRank([sentences], stopwords=STOPWORDS["en"]).get_summary(sentences, summary_size=3)

    return summarize


def main():
    name, file, rounds = sys.argv[1:]
    with open(file, encoding="utf-8") as article:
        text = article.read()
    summarize = {"sumy": sumy, "summa": summa, "lexrank": lexrank}[name]()
    times = []
    for _ in range(int(rounds)):
        begin = time.perf_counter()
        if not summarize(text):
            sys.exit(f"{name} answered nothing")
        times.append(time.perf_counter() - begin)
    print(f"{min(times) * 1e3:.1f}")


if __name__ == "__main__":
    main()
