#!/usr/bin/env bash
# Learns data/commonness.txt and data/summary_weights.txt anew, bit for bit, from texts and the summaries people wrote
# of them. Each file holds a JSON object a line, with "text" and, but for TEXTS, "references" (a list); names may end in
# ".gz".
#
# usage: tools/learn_summaries.sh NEWS ABSTRACTS IN_ONE [TEXTS…]
#   NEWS       news articles and their highlights
#   ABSTRACTS  abstracts of papers and their summaries in one sentence
#   IN_ONE     news articles and their summaries in one sentence
#   TEXTS      more texts, for how common words are
set -euo pipefail
[ $# -ge 3 ] || { sed -n '2,10s/^# \{0,1\}//p' "$0" >&2; exit 2; }
cd_to=$(dirname "$0")/..
news=$(realpath "$1") abstracts=$(realpath "$2") in_one=$(realpath "$3")
shift 3
texts=()
for text in "$@"; do texts+=("$(realpath "$text")"); done
cd "$cd_to"
learn() { cargo run --quiet --profile quick --example learn_summaries -- "$@"; }
learned=$(mktemp)
trap 'rm -f "$learned"' EXIT
learn commonness "$news" "$abstracts" "$in_one" "${texts[@]}" > "$learned"
cp "$learned" data/commonness.txt
learn weights "$news" "$abstracts" "$in_one" > "$learned"
cp "$learned" data/summary_weights.txt
