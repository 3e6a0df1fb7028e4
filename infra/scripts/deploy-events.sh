#!/usr/bin/env bash
# Subscribe the training app to uploads. Its host makes the key that this needs when the code first
# runs.
set -euo pipefail
cd "$(dirname "$0")/.."

: "${AZURE_RESOURCE_GROUP:?}" "${AZURE_TRAINING_APP_NAME:?}" "${AZURE_DATA_ACCOUNT_NAME:?}"
: "${AZURE_EVENT_TOPIC_NAME:?}" "${AZURE_EVENTS_IDENTITY_NAME:?}"

has_key() {
  key=$(az functionapp keys list --resource-group "$AZURE_RESOURCE_GROUP" \
    --name "$AZURE_TRAINING_APP_NAME" --query systemKeys.blobs_extension --output tsv) && [ -n "$key" ]
}

for attempt in $(seq 30); do
  has_key && break
  if [ "$attempt" = 30 ]; then
    echo "The app has no blobs_extension key after 5 minutes: does it list its functions?" >&2
    exit 1
  fi
  sleep 10
done

az deployment group create --name events --resource-group "$AZURE_RESOURCE_GROUP" \
  --template-file events.bicep --output none --parameters \
  trainingAppName="$AZURE_TRAINING_APP_NAME" \
  dataAccountName="$AZURE_DATA_ACCOUNT_NAME" \
  topicName="$AZURE_EVENT_TOPIC_NAME" \
  eventsIdentityName="$AZURE_EVENTS_IDENTITY_NAME"
echo "Uploads to $AZURE_DATA_ACCOUNT_NAME/input reach $AZURE_TRAINING_APP_NAME."
