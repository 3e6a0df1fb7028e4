#!/usr/bin/env bash
# Wait until the app says that it is the expected build: a deployment may go on after its answer.
set -euo pipefail

url=${1:?Expected the address of the app.}
build=${2:?Expected the name of the build.}
seconds=${3:-600}

found=nothing
deadline=$((SECONDS + seconds))
while :; do
  if answer=$(curl --silent --fail --max-time 30 "$url/api/health"); then
    found=$(jq -r .build <<<"$answer")
    if [ "$found" = "$build" ]; then
      echo "$url runs build $build."
      exit 0
    fi
  fi
  [ "$SECONDS" -lt "$deadline" ] || break
  sleep "${POLL_SECONDS:-10}"
done
echo "Expected build $build from $url/api/health within $seconds s, found $found." >&2
exit 1
