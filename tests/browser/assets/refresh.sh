#!/bin/sh
# Fetch axe-core anew, by version, and write its checksums:  sh tests/browser/assets/refresh.sh   (needs npm)
set -eu

AXE="axe-core@4.14.1"

here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM

(cd "$work" && npm pack --silent "$AXE" >/dev/null && tar -xzf ./*.tgz --strip-components=1)
cp "$work/axe.min.js" "$work/LICENSE" "$work/LICENSE-3RD-PARTY.txt" "$here/"
chmod 644 "$here/axe.min.js" "$here/LICENSE" "$here/LICENSE-3RD-PARTY.txt"

cd "$here"
if command -v sha256sum >/dev/null 2>&1; then sum="sha256sum"; else sum="shasum -a 256"; fi
$sum axe.min.js LICENSE LICENSE-3RD-PARTY.txt >SHA256SUMS
cat SHA256SUMS
