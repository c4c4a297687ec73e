#!/usr/bin/env bash
# Learns data/page_weights/ anew, bit for bit, from pages whose article is known. Each file holds a JSON object a line;
# names may end in ".gz".
#
# usage: tools/learn_pages.sh LINES PAGES
#   LINES  pages as lines: "lines", a list of "t" (the text) and "keep" (0 or 1)
#   PAGES  pages as they are: "html" and "article"
set -euo pipefail
[ $# -eq 2 ] || { sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 2; }
lines=$(realpath "$1") pages=$(realpath "$2")
cd "$(dirname "$0")/.."
learned=$(mktemp)
trap 'rm -f "$learned"' EXIT
learn() {
    cargo run --quiet --profile quick --no-default-features --example learn_pages -- "$1" "$2" > "$learned"
    cp "$learned" "data/page_weights/$1.txt"
}
learn lines "$lines"
learn markup "$pages"
