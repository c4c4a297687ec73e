#!/usr/bin/env bash
# Learns data/quote_weights.bin and data/antecedent_weights.txt anew, bit for bit, from articles whose quotes people have
# attributed; prints how well it does. Whom pronouns stand for is learned from DEV alone, where people have said it.
#
# usage: tools/learn_quotes.sh TRAIN DEV
#
# TRAIN and DEV are files in the format that examples/learn_quotes.rs describes: PolNeAR's articles (Newell, Margolin and Ruths,
# LREC 2018), with spans in code points.
set -euo pipefail
cd "$(dirname "$0")/.."
train=$(realpath "$OLDPWD/$1" 2>/dev/null || realpath "$1")
dev=$(realpath "$OLDPWD/$2" 2>/dev/null || realpath "$2")
cargo run --quiet --release --no-default-features --example learn_quotes -- "$train" "$dev" data/quote_weights.bin
cargo run --quiet --release --no-default-features --example learn_antecedents -- "$dev" data/antecedent_weights.txt
