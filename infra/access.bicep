// Who may do what. The apps and the people have roles on single containers, never on an account,
// except the hosts: each owns its account. Approvers have no role: function keys are all they get.

@description('Region of the identities.')
param location string

@description('Tags of every resource.')
param tags object

@description('Makes the names unique.')
param token string

@description('The host account of the serving app.')
param servingHostName string

@description('The host account of the training app.')
param trainingHostName string

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

resource servingIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-serving-${token}'
  location: location
  tags: tags
}

resource trainingIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-training-${token}'
  location: location
  tags: tags
}

resource eventsIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' existing = {
  name: eventsIdentityName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource servingHost 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: servingHostName
}

resource trainingHost 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: trainingHostName
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

// A host keeps leases, keys and the package in blobs, and diagnostic events in a table.
resource servingHostOwnsBlobs 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: servingHost
  name: guid(servingHost.id, servingIdentity.id, roles.blobDataOwner)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.blobDataOwner)
    principalId: servingIdentity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

resource servingHostUsesTables 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: servingHost
  name: guid(servingHost.id, servingIdentity.id, roles.tableDataContributor)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.tableDataContributor)
    principalId: servingIdentity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

resource trainingHostOwnsBlobs 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: trainingHost
  name: guid(trainingHost.id, trainingIdentity.id, roles.blobDataOwner)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.blobDataOwner)
    principalId: trainingIdentity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

resource trainingHostUsesTables 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: trainingHost
  name: guid(trainingHost.id, trainingIdentity.id, roles.tableDataContributor)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.tableDataContributor)
    principalId: trainingIdentity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

// The messages of the blob trigger.
resource trainingHostUsesQueues 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: trainingHost
  name: guid(trainingHost.id, trainingIdentity.id, roles.queueDataContributor)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.queueDataContributor)
    principalId: trainingIdentity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

// With Event Grid the trigger reads the upload and writes nothing beside it.
resource trainingReadsUploads 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: input
  name: guid(input.id, trainingIdentity.id, roles.blobDataReader)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.blobDataReader)
    principalId: trainingIdentity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

// Releases, run records, the pointer.
resource trainingWritesReleases 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: releases
  name: guid(releases.id, trainingIdentity.id, roles.blobDataContributor)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.blobDataContributor)
    principalId: trainingIdentity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

// Approvals, rejections and rollbacks write the decision record and move the pointer.
resource servingWritesDecisions 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: releases
  name: guid(releases.id, servingIdentity.id, roles.blobDataContributor)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.blobDataContributor)
    principalId: servingIdentity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

// After five tries the host puts an upload into a queue; the data account has no others.
resource trainingPoisonsUploads 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: dataQueues
  name: guid(dataQueues.id, trainingIdentity.id, roles.queueDataContributor)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.queueDataContributor)
    principalId: trainingIdentity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

// The audit store and the table of decisions. The apps make their tables, so the scope is the account.
resource trainingWritesAudit 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: dataAccount
  name: guid(dataAccount.id, trainingIdentity.id, roles.tableDataContributor)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.tableDataContributor)
    principalId: trainingIdentity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

resource servingWritesAudit 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: dataAccount
  name: guid(dataAccount.id, servingIdentity.id, roles.tableDataContributor)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.tableDataContributor)
    principalId: servingIdentity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

resource servingPublishesMetrics 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: insights
  name: guid(insights.id, servingIdentity.id, roles.metricsPublisher)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.metricsPublisher)
    principalId: servingIdentity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

resource trainingPublishesMetrics 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: insights
  name: guid(insights.id, trainingIdentity.id, roles.metricsPublisher)
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.metricsPublisher)
    principalId: trainingIdentity.properties.principalId
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

output servingIdentityName string = servingIdentity.name
output trainingIdentityName string = trainingIdentity.name
