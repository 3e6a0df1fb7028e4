#!/usr/bin/env bash
# Deploy everything but the event subscription to an environment, and tell the pipeline its names.
# With the second argument `what-if` only show what would change.
set -euo pipefail
cd "$(dirname "$0")/.."

# A pipeline passes the name of a variable that it does not have, and everybody knows that text.
case ${APPROVAL_KEY-} in
  "\$("*)
    echo "The variable group has no APPROVAL_KEY: add it, empty to forbid decisions over HTTP." >&2
    exit 1
    ;;
esac

environment=${1:?Expected an environment: dev, staging or prod.}
command=${2:-create}
# Their parameters give roles to the pipeline; without an id, the deployment would end half-way.
if [ "$environment" != dev ] && [ -z "${PIPELINE_PRINCIPAL_ID-}" ]; then
  echo "Expected PIPELINE_PRINCIPAL_ID, the object id of who deploys: add it to the variable group." >&2
  exit 1
fi
deployment=(
  --name "credit-risk-$environment"
  --location "${AZURE_LOCATION:?Set AZURE_LOCATION to a region.}"
  --parameters "parameters/$environment.bicepparam"
)

if [ "$command" = what-if ]; then
  exec az deployment sub what-if "${deployment[@]}"
fi
outputs=$(az deployment sub create "${deployment[@]}" --query properties.outputs --output json)
names=$(jq -r 'to_entries[] | "\(.key | ascii_upcase)=\(.value.value)"' <<<"$outputs")
while IFS='=' read -r name value; do
  echo "$name=$value"
  echo "##vso[task.setvariable variable=$name]$value"
done <<<"$names"
