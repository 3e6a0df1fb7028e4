#!/usr/bin/env bash
# Wait until no run is under way: a deployment recreates instances and kills what runs on them.
# A run holds a lease on its record until it ends, or for a minute after its instance has died.
set -euo pipefail

account=${1:?Expected the data account.}
minutes=${2:-60}

failures=0
for _ in $(seq "$((minutes * 2))"); do
  if ! runs=$(az storage blob list --auth-mode login --account-name "$account" \
    --container-name releases --prefix runs/ \
    --query "[?properties.lease.state=='leased'].name" --output tsv); then
    # A role that was just given takes some minutes to count.
    failures=$((failures + 1))
    if [ "$failures" = 20 ]; then
      echo "The run records in $account cannot be listed: is the pipeline's identity a reader?" >&2
      exit 1
    fi
    sleep 30
    continue
  fi
  if [ -z "$runs" ]; then
    echo "No run is under way."
    exit 0
  fi
  echo "Under way: $runs"
  sleep 30
done
echo "A run is still under way after $minutes minutes: deploy when it has ended." >&2
exit 1
