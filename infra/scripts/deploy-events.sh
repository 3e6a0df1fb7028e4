#!/usr/bin/env bash
# Subscribe the training app to uploads. Its host makes the key that this needs when the code first
# runs.
set -euo pipefail
cd "$(dirname "$0")/.."

: "${AZURE_RESOURCE_GROUP:?}" "${AZURE_TRAINING_APP_NAME:?}" "${AZURE_DATA_ACCOUNT_NAME:?}"
: "${AZURE_EVENT_TOPIC_NAME:?}" "${AZURE_EVENTS_IDENTITY_NAME:?}"

pause=${POLL_SECONDS:-10}
# azd's subscription need not be the one that the Azure CLI has chosen.
place=(--resource-group "$AZURE_RESOURCE_GROUP")
[ -z "${AZURE_SUBSCRIPTION_ID-}" ] || place+=(--subscription "$AZURE_SUBSCRIPTION_ID")

has_key() {
  key=$(az functionapp keys list "${place[@]}" --name "$AZURE_TRAINING_APP_NAME" \
    --query systemKeys.blobs_extension --output tsv) && [ -n "$key" ]
}

subscribe() {
  az deployment group create --name events "${place[@]}" \
    --template-file events.bicep --output none --parameters \
    trainingAppName="$AZURE_TRAINING_APP_NAME" \
    dataAccountName="$AZURE_DATA_ACCOUNT_NAME" \
    topicName="$AZURE_EVENT_TOPIC_NAME" \
    eventsIdentityName="$AZURE_EVENTS_IDENTITY_NAME"
}

for attempt in $(seq 30); do
  has_key && break
  if [ "$attempt" = 30 ]; then
    echo "The app has no blobs_extension key after 5 minutes: does it list its functions?" >&2
    exit 1
  fi
  sleep "$pause"
done

# Event Grid waits 30 seconds for the answer to its handshake, and a cold start may take them.
for attempt in $(seq 3); do
  subscribe && break
  if [ "$attempt" = 3 ]; then
    echo "Event Grid cannot subscribe $AZURE_TRAINING_APP_NAME: see the errors above." >&2
    exit 1
  fi
  sleep "$pause"
done
echo "Uploads to $AZURE_DATA_ACCOUNT_NAME/input reach $AZURE_TRAINING_APP_NAME."
