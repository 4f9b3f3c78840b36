#!/bin/sh
# Fetch the vendored scripts anew, by package name and version, and write their checksums.
#
#   sh kernels_lib/production/publish/assets/refresh.sh
#
# Needs npm.  plotly.js must be the version that the installed plotly.py draws for:
#   python -c "import plotly.offline as o; print(o.get_plotlyjs_version())"
# Afterwards run the tests: one of them compares the two versions, others draw every chart.
set -eu

PLOTLY="plotly.js-cartesian-dist-min@4.1.1"
REVEAL="reveal.js@6.0.2"

here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM

fetch() { # package@version, folder: unpacks the package into $work/folder
    mkdir -p "$work/$2"
    (cd "$work/$2" && npm pack --silent "$1" >/dev/null && tar -xzf ./*.tgz --strip-components=1)
}

fetch "$PLOTLY" plotly
fetch "$REVEAL" reveal

mkdir -p "$here/plotly" "$here/reveal"
cp "$work/plotly/plotly-cartesian.min.js" "$work/plotly/LICENSE" "$here/plotly/"
cp "$work/reveal/dist/reveal.js" "$work/reveal/dist/reveal.css" "$work/reveal/dist/reset.css" \
    "$work/reveal/LICENSE" "$here/reveal/"
chmod 644 "$here"/plotly/* "$here"/reveal/*

cd "$here"
if command -v sha256sum >/dev/null 2>&1; then sum="sha256sum"; else sum="shasum -a 256"; fi
$sum plotly/LICENSE plotly/plotly-cartesian.min.js \
    reveal/LICENSE reveal/reset.css reveal/reveal.css reveal/reveal.js >SHA256SUMS
cat SHA256SUMS
