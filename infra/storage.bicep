// Three accounts: one for the host of each app (package, leases, keys, trigger queue), and the
// lender's data. With an account each, neither app can touch the other's package, keys or messages.

@description('Region of the accounts.')
param location string

@description('Tags of every resource.')
param tags object

@description('Makes the names unique: lower-case letters and digits.')
param token string

@description('Redundancy of the data account, such as Standard_ZRS.')
param redundancy string

@description('Days for which a deleted or overwritten blob can be restored.')
@minValue(1)
@maxValue(365)
param restoreDays int

@description('Days after which a raw file is moved to the cool tier. It is never deleted by a rule.')
param coolDays int

@description('Whether the accounts can be reached through private endpoints only.')
param isPrivate bool

@description('Public addresses or ranges from which uploaders may reach a private data account.')
param uploaderAddresses array

@description('Workspace that receives the logs of the data account.')
param workspaceId string

var apps = ['serving', 'training']
var containers = ['input', 'releases', 'dead-letters']
// What the host gives up on: uploads, and messages about them that cannot be handled either.
var queues = ['webjobs-blobtrigger-poison', 'webjobs-blobtrigger-poison-poison']

resource hostAccounts 'Microsoft.Storage/storageAccounts@2024-01-01' = [
  for app in apps: {
    name: 'st${app}${token}'
    location: location
    tags: tags
    kind: 'StorageV2'
    sku: { name: 'Standard_LRS' }
    properties: {
      accessTier: 'Hot'
      allowBlobPublicAccess: false
      allowCrossTenantReplication: false
      allowSharedKeyAccess: false
      defaultToOAuthAuthentication: true
      minimumTlsVersion: 'TLS1_2'
      supportsHttpsTrafficOnly: true
      publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
      networkAcls: {
        bypass: 'AzureServices'
        defaultAction: isPrivate ? 'Deny' : 'Allow'
      }
    }
  }
]

resource hostBlobs 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' = [
  for (app, index) in apps: {
    parent: hostAccounts[index]
    name: 'default'
    properties: {
      deleteRetentionPolicy: { enabled: true, days: 7 }
      containerDeleteRetentionPolicy: { enabled: true, days: 7 }
    }
  }
]

resource packages 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' = [
  for (app, index) in apps: {
    parent: hostBlobs[index]
    name: 'packages'
    properties: { publicAccess: 'None' }
  }
]

resource dataAccount 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: 'stdata${token}'
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: redundancy }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: isPrivate && empty(uploaderAddresses) ? 'Disabled' : 'Enabled'
    networkAcls: {
      bypass: 'AzureServices'
      defaultAction: isPrivate ? 'Deny' : 'Allow'
      ipRules: [for address in uploaderAddresses: { value: address, action: 'Allow' }]
    }
  }
}

resource dataBlobs 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' = {
  parent: dataAccount
  name: 'default'
  properties: {
    isVersioningEnabled: true
    deleteRetentionPolicy: { enabled: true, days: restoreDays }
    containerDeleteRetentionPolicy: { enabled: true, days: restoreDays }
  }
}

resource dataContainers 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' = [
  for name in containers: {
    parent: dataBlobs
    name: name
    properties: { publicAccess: 'None' }
  }
]

resource dataQueues 'Microsoft.Storage/storageAccounts/queueServices@2024-01-01' = {
  parent: dataAccount
  name: 'default'
}

// The trigger's connection decides where poisoned uploads go, so their queues are in this account.
resource poison 'Microsoft.Storage/storageAccounts/queueServices/queues@2024-01-01' = [
  for name in queues: {
    parent: dataQueues
    name: name
  }
]

resource dataTables 'Microsoft.Storage/storageAccounts/tableServices@2024-01-01' = {
  parent: dataAccount
  name: 'default'
}

resource lifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2024-01-01' = {
  parent: dataAccount
  name: 'default'
  dependsOn: [dataBlobs]
  properties: {
    policy: {
      rules: [
        {
          name: 'cool-raw-files'
          type: 'Lifecycle'
          enabled: true
          definition: {
            filters: { blobTypes: ['blockBlob'], prefixMatch: ['input/'] }
            actions: { baseBlob: { tierToCool: { daysAfterModificationGreaterThan: coolDays } } }
          }
        }
        {
          // Run records are rewritten after every step, and each write leaves a version.
          name: 'delete-old-versions'
          type: 'Lifecycle'
          enabled: true
          definition: {
            filters: { blobTypes: ['blockBlob'] }
            actions: { version: { delete: { daysAfterCreationGreaterThan: restoreDays } } }
          }
        }
        {
          name: 'delete-dead-letters'
          type: 'Lifecycle'
          enabled: true
          definition: {
            filters: { blobTypes: ['blockBlob'], prefixMatch: ['dead-letters/'] }
            actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: 90 } } }
          }
        }
      ]
    }
  }
}

// The topic belongs to the account; the subscription to it follows the code (events.bicep).
resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: 'evgt-${token}'
  location: location
  tags: tags
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${eventsIdentity.id}': {} }
  }
  properties: {
    source: dataAccount.id
    topicType: 'Microsoft.Storage.StorageAccounts'
  }
}

resource eventsIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-events-${token}'
  location: location
  tags: tags
}

resource blobLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: dataBlobs
  name: 'workspace'
  properties: {
    workspaceId: workspaceId
    logs: [
      { category: 'StorageWrite', enabled: true }
      { category: 'StorageDelete', enabled: true }
    ]
    metrics: [{ category: 'Transaction', enabled: true }]
  }
}

resource queueLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: dataQueues
  name: 'workspace'
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'StorageWrite', enabled: true }]
    metrics: [{ category: 'Transaction', enabled: true }]
  }
}

resource topicLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: topic
  name: 'workspace'
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'DeliveryFailures', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output servingHostName string = hostAccounts[0].name
output trainingHostName string = hostAccounts[1].name
output dataAccountName string = dataAccount.name
output topicName string = topic.name
output eventsIdentityName string = eventsIdentity.name
