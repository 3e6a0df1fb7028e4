// Who may do what. The app and the people have roles on single containers, never on an account,
// except the host: it owns its account. Approvers have no role: function keys are all they get.

@description('Region of the identity.')
param location string

@description('Tags of every resource.')
param tags object

@description('Makes the names unique.')
param token string

@description('The host account.')
param hostAccountName string

@description('The data account.')
param dataAccountName string

@description('The identity that Event Grid uses to store dead letters.')
param eventsIdentityName string

@description('Application Insights.')
param insightsName string

@description('Who drops files: objects with id and type (User, Group or ServicePrincipal).')
param uploaders array

@description('Who fetches reports and copies of releases: objects with id and type.')
param readers array

@description('Who decides on the command line and takes up poisoned uploads: objects with id and type.')
param operators array

var roles = {
  blobDataOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  blobDataContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
  blobDataReader: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'
  queueDataContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  tableDataContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
  metricsPublisher: '3913510d-42f4-4e42-8a64-420c390055eb'
}

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-app-${token}'
  location: location
  tags: tags
}

resource eventsIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' existing = {
  name: eventsIdentityName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource hostAccount 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: hostAccountName
}

resource dataAccount 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: dataAccountName
}

resource dataBlobs 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' existing = {
  parent: dataAccount
  name: 'default'
}

resource input 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' existing = {
  parent: dataBlobs
  name: 'input'
}

resource releases 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' existing = {
  parent: dataBlobs
  name: 'releases'
}

resource deadLetters 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' existing = {
  parent: dataBlobs
  name: 'dead-letters'
}

resource dataQueues 'Microsoft.Storage/storageAccounts/queueServices@2024-01-01' existing = {
  parent: dataAccount
  name: 'default'
}

// The host keeps leases, keys, receipts and the package in blobs, and the trigger's messages in queues.
resource hostOwnsBlobs 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: hostAccount
  name: guid(hostAccount.id, identity.id, roles.blobDataOwner)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.blobDataOwner)
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

resource hostUsesQueues 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: hostAccount
  name: guid(hostAccount.id, identity.id, roles.queueDataContributor)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.queueDataContributor)
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

resource hostUsesTables 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: hostAccount
  name: guid(hostAccount.id, identity.id, roles.tableDataContributor)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.tableDataContributor)
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

// With Event Grid the trigger reads the upload and writes nothing beside it.
resource appReadsUploads 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: input
  name: guid(input.id, identity.id, roles.blobDataReader)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.blobDataReader)
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

resource appWritesReleases 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: releases
  name: guid(releases.id, identity.id, roles.blobDataContributor)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.blobDataContributor)
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

// After five tries the host puts an upload into a queue; the data account has no others.
resource appPoisonsUploads 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: dataQueues
  name: guid(dataQueues.id, identity.id, roles.queueDataContributor)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.queueDataContributor)
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

// The audit store. Its tables are made by the app, so the scope is the account.
resource appWritesAudit 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: dataAccount
  name: guid(dataAccount.id, identity.id, roles.tableDataContributor)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.tableDataContributor)
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

resource appPublishesMetrics 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: insights
  name: guid(insights.id, identity.id, roles.metricsPublisher)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.metricsPublisher)
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

resource eventsStoreDeadLetters 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: deadLetters
  name: guid(deadLetters.id, eventsIdentity.id, roles.blobDataContributor)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.blobDataContributor)
    principalId: eventsIdentity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

resource uploadersWriteInput 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for uploader in union(uploaders, operators): {
    scope: input
    name: guid(input.id, uploader.id, roles.blobDataContributor)
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.blobDataContributor)
      principalId: uploader.id
      principalType: uploader.type
    }
  }
]

resource readersReadReleases 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for reader in readers: {
    scope: releases
    name: guid(releases.id, reader.id, roles.blobDataReader)
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.blobDataReader)
      principalId: reader.id
      principalType: reader.type
    }
  }
]

resource operatorsDecide 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for operator in operators: {
    scope: releases
    name: guid(releases.id, operator.id, roles.blobDataContributor)
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.blobDataContributor)
      principalId: operator.id
      principalType: operator.type
    }
  }
]

resource operatorsEmptyPoison 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for operator in operators: {
    scope: dataQueues
    name: guid(dataQueues.id, operator.id, roles.queueDataContributor)
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.queueDataContributor)
      principalId: operator.id
      principalType: operator.type
    }
  }
]

output identityName string = identity.name
