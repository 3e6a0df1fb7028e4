// The app that answers. Its package, serving.zip, has no training in it and therefore no trigger but
// HTTP: no setting can make it train.

@description('Region of the app.')
param location string

@description('Tags of every resource.')
param tags object

@description('Makes the names unique.')
param token string

@description('Memory of an instance on Flex Consumption.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int

@description('Most instances that serve at a time.')
param maximumInstanceCount int

@description('Requests that one instance serves at a time.')
param requestsPerInstance int

@description('Instances that serve without a cold start; 0 for none.')
param readyHttpInstances int

@description('The host account of this app.')
param hostAccountName string

@description('The data account.')
param dataAccountName string

@description('The identity of this app.')
param identityName string

@description('Application Insights.')
param insightsName string

@description('Workspace that receives the metrics of the site.')
param workspaceId string

@description('Subnet of the app; empty without a network of its own.')
param subnetId string

@description('What approvers send as x-approval-key; empty to forbid decisions over HTTP.')
@secure()
param approvalKey string

@description('App settings that differ from their defaults, by name.')
param overrides object

@description('Name of the deployed build; empty where the package names itself.')
param buildId string

// One line for each setting that the code of this app reads, in the order of the table in the README.
var settings = {
  AzureWebJobsStorage__blobServiceUri: hostAccount.properties.primaryEndpoints.blob
  AzureWebJobsStorage__tableServiceUri: hostAccount.properties.primaryEndpoints.table
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identity.properties.clientId
  DATA_STORAGE__blobServiceUri: dataAccount.properties.primaryEndpoints.blob
  DATA_STORAGE__tableServiceUri: dataAccount.properties.primaryEndpoints.table
  DATA_STORAGE__credential: 'managedidentity'
  DATA_STORAGE__clientId: identity.properties.clientId
  APPROVAL_KEY: approvalKey
  OVERRIDE_CONFIRMATION: 'required'
  RELEASE_REFRESH_SECONDS: '30'
  REQUEST_DEADLINE_SECONDS: '20'
  DECISION_DEADLINE_SECONDS: '200'
  FIRST_LOAD_DEADLINE_SECONDS: '60'
  REFRESH_DEADLINE_SECONDS: '120'
  STORAGE_CONCURRENCY: '8'
  SCRUB_SECONDS: '21600'
  DECISION_LOG: 'log'
  DECISION_LOG_FLUSH_SECONDS: '5'
  BUILD_ID: buildId
}

resource hostAccount 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: hostAccountName
}

resource dataAccount 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: dataAccountName
}

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' existing = {
  name: identityName
}

module site 'site.bicep' = {
  name: 'serving-site'
  params: {
    location: location
    tags: tags
    token: token
    role: 'serving'
    plan: 'flex'
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    alwaysReady: readyHttpInstances > 0 ? [{ name: 'http', instanceCount: readyHttpInstances }] : []
    requestsPerInstance: requestsPerInstance
    hostAccountName: hostAccountName
    identityName: identityName
    insightsName: insightsName
    workspaceId: workspaceId
    subnetId: subnetId
    package: 'serving.zip'
    settings: union(settings, overrides)
  }
}

output name string = site.outputs.name
output url string = site.outputs.url
