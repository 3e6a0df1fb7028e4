#!/usr/bin/env bash
# Ask what only reads: is the app alive, does it describe itself, does it refuse without a key?
set -euo pipefail

url=${1:?Expected the address of the app.}

status_of() {
  curl --silent --max-time 60 --output /dev/null --write-out '%{http_code}' "$url$1"
}

expect() {
  status=$(status_of "$1")
  case " $2 " in
    *" $status "*) echo "$status $1" ;;
    *)
      echo "Expected $2 from $url$1, got $status." >&2
      exit 1
      ;;
  esac
}

expect /api/health 200
expect /api/openapi.json 200
expect /api/docs 200
# Before the first release nothing is ready, and that is no fault of the deployment.
expect /api/health/ready "200 503"
expect /api/user/5008806/prediccion 401
