#!/usr/bin/env bash
# Drop the sample and wait until the serving app answers from it, to the digit. For staging only: it trains.
set -euo pipefail
cd "$(dirname "$0")/../.."

: "${AZURE_RESOURCE_GROUP:?}" "${AZURE_SERVING_APP_NAME:?}" "${AZURE_SERVING_APP_URL:?}"
: "${AZURE_DATA_ACCOUNT_NAME:?}"

key=$(az functionapp keys list --resource-group "$AZURE_RESOURCE_GROUP" \
  --name "$AZURE_SERVING_APP_NAME" --query functionKeys.default --output tsv)
az storage blob upload --auth-mode login --account-name "$AZURE_DATA_ACCOUNT_NAME" \
  --container-name input --name "sample-${BUILD_ID:?}.csv" --file data/sample.csv \
  --overwrite --output none
FUNCTION_KEY=$key exec infra/scripts/wait-for-answers.sh "$AZURE_SERVING_APP_URL" "sample-$BUILD_ID.csv"
