#!/usr/bin/env bash
# Wait until the app serves the release made from a file, and compare both answers with the contract.
# The as-of date of the environment must be 2022-03-08.
set -euo pipefail

url=${1:?Expected the address of the app.}
file=${2:?Expected the name of the dropped file.}
seconds=${3:-1200}

features='{"nb_previous_loans":29.0,"avg_amount_loans_previous":136.4468640135,"age":59.0,"years_on_the_job":3.0,"flag_own_car":1.0}'
prediction='{"resultado":[0]}'

get() {
  curl --silent --fail --max-time 60 --header "x-functions-key: ${FUNCTION_KEY:?}" "$url/api/$1"
}

source_file=nothing
deadline=$((SECONDS + seconds))
while :; do
  if model=$(get modelo); then
    source_file=$(jq -r .source.name <<<"$model")
    [ "$source_file" != "$file" ] || break
  fi
  if [ "$SECONDS" -ge "$deadline" ]; then
    echo "Expected a release made from $file within $seconds s; the app serves $source_file." >&2
    exit 1
  fi
  sleep "${POLL_SECONDS:-10}"
done

compare() {
  found=$(get "user/5008806/$1") || found='an error'
  if [ "$found" != "$2" ]; then
    echo "Expected $2 from $1, got $found." >&2
    exit 1
  fi
  echo "$1: $found"
}

compare caracteristicasriesgo "$features"
compare prediccion "$prediction"
