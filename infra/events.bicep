// Event Grid's subscription. Deployed after the code: before, its key does not exist, and the
// endpoint does not answer the handshake.
targetScope = 'resourceGroup'

@description('The training app: the one with the blob trigger.')
param trainingAppName string

@description('The system topic of the data account.')
param topicName string

@description('The data account.')
param dataAccountName string

@description('The identity that stores dead letters.')
param eventsIdentityName string

var triggerFunction = 'entrenamiento'
var blobsExtensionKey = listKeys('${trainingApp.id}/host/default', '2024-04-01').systemKeys.blobs_extension

resource trainingApp 'Microsoft.Web/sites@2024-04-01' existing = {
  name: trainingAppName
}

resource dataAccount 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: dataAccountName
}

resource eventsIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' existing = {
  name: eventsIdentityName
}

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: topicName
}

resource uploads 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {
  parent: topic
  name: 'uploads'
  properties: {
    eventDeliverySchema: 'EventGridSchema'
    destination: {
      endpointType: 'WebHook'
      properties: {
        endpointUrl: 'https://${trainingApp.properties.defaultHostName}/runtime/webhooks/blobs?functionName=Host.Functions.${triggerFunction}&code=${blobsExtensionKey}'
        maxEventsPerBatch: 1
        minimumTlsVersionAllowed: '1.2'
      }
    }
    filter: {
      includedEventTypes: ['Microsoft.Storage.BlobCreated']
      // Without /blobs/ it would match the container input-old too.
      subjectBeginsWith: '/blobServices/default/containers/input/blobs/'
      subjectEndsWith: '.csv'
      isSubjectCaseSensitive: true
      // One event for each finished write; a block that is put sends none of these.
      advancedFilters: [
        {
          operatorType: 'StringIn'
          key: 'data.api'
          values: ['PutBlob', 'PutBlockList', 'CopyBlob', 'FlushWithClose']
        }
      ]
    }
    retryPolicy: {
      maxDeliveryAttempts: 30
      eventTimeToLiveInMinutes: 1440
    }
    deadLetterWithResourceIdentity: {
      identity: {
        type: 'UserAssigned'
        userAssignedIdentity: eventsIdentity.id
      }
      deadLetterDestination: {
        endpointType: 'StorageBlob'
        properties: {
          resourceId: dataAccount.id
          blobContainerName: 'dead-letters'
        }
      }
    }
  }
}

output subscriptionName string = uploads.name
