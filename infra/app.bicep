// The function app: plan, site and every app setting.

@description('Region of the app.')
param location string

@description('Tags of every resource; the site also gets the service name that azd looks for.')
param tags object

@description('Makes the names unique.')
param token string

@description('flex for Flex Consumption, or the SKU of a Premium plan for populations that need its memory and disk.')
@allowed(['flex', 'EP1', 'EP2', 'EP3'])
param plan string

@description('Memory of an instance on Flex Consumption.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int

@description('Most instances that serve or train at a time.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int

@description('Requests that one instance of Flex Consumption serves at a time.')
@minValue(1)
@maxValue(1000)
param requestsPerInstance int

@description('Instances that serve HTTP without a cold start; 0 for none.')
param readyHttpInstances int

@description('The host account.')
param hostAccountName string

@description('The data account.')
param dataAccountName string

@description('The identity of the app.')
param identityName string

@description('Application Insights.')
param insightsName string

@description('Subnet of the app; empty without a network of its own.')
param subnetId string

@description('What approvers send as x-approval-key; empty to forbid decisions over HTTP.')
@secure()
param approvalKey string

@description('App settings that differ from their defaults, by name.')
param overrides object

@description('Name of the deployed build; empty where the package names itself.')
param buildId string

var isFlex = plan == 'flex'

// The trigger group must have a ready instance, or nothing starts it.
var readyBlob = { name: 'blob', instanceCount: 1 }
var readyHttp = { name: 'http', instanceCount: readyHttpInstances }

var flexConfig = {
  deployment: {
    storage: {
      type: 'blobContainer'
      value: '${hostAccount.properties.primaryEndpoints.blob}packages'
      authentication: {
        type: 'UserAssignedIdentity'
        userAssignedIdentityResourceId: identity.id
      }
    }
  }
  runtime: { name: 'python', version: '3.13' }
  scaleAndConcurrency: {
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    alwaysReady: readyHttpInstances > 0 ? [readyBlob, readyHttp] : [readyBlob]
    triggers: { http: { perInstanceConcurrency: requestsPerInstance } }
  }
}

// One line for each setting that the code reads, in the order of the table in the README.
var settings = {
  AzureWebJobsStorage__blobServiceUri: hostAccount.properties.primaryEndpoints.blob
  AzureWebJobsStorage__queueServiceUri: hostAccount.properties.primaryEndpoints.queue
  AzureWebJobsStorage__tableServiceUri: hostAccount.properties.primaryEndpoints.table
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identity.properties.clientId
  DATA_STORAGE__blobServiceUri: dataAccount.properties.primaryEndpoints.blob
  DATA_STORAGE__queueServiceUri: dataAccount.properties.primaryEndpoints.queue
  DATA_STORAGE__tableServiceUri: dataAccount.properties.primaryEndpoints.table
  DATA_STORAGE__credential: 'managedidentity'
  DATA_STORAGE__clientId: identity.properties.clientId
  AS_OF: ''
  AS_OF_FORCE: 'false'
  COST_RATIO: '20'
  OUTCOME_LAG_DAYS: '90'
  PROMOTION: 'manual'
  ANCHOR_VERSION: ''
  KEEP_RAW: 'false'
  KEEP_RELEASES: '10'
  RETAIN_DAYS: '760'
  RETRY_PAUSES: '15,60,180,300'
  MAINTENANCE_SCHEDULE: '0 */5 * * * *'
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
  BLOB_TRIGGER_SOURCE: 'EventGrid'
  BUILD_ID: buildId
}

var telemetry = {
  APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.properties.clientId};Authorization=AAD'
}

// Flex Consumption refuses these; a Premium plan needs them, and takes the package from its address.
var premiumOnly = {
  FUNCTIONS_EXTENSION_VERSION: '~4'
  FUNCTIONS_WORKER_RUNTIME: 'python'
  WEBSITE_RUN_FROM_PACKAGE: '${hostAccount.properties.primaryEndpoints.blob}packages/app.zip'
  WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID: identity.id
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

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource flexPlan 'Microsoft.Web/serverfarms@2024-04-01' = if (isFlex) {
  name: 'plan-${token}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource premiumPlan 'Microsoft.Web/serverfarms@2024-04-01' = if (!isFlex) {
  name: 'plan-premium-${token}'
  location: location
  tags: tags
  kind: 'elastic'
  sku: { name: isFlex ? 'EP1' : plan, tier: 'ElasticPremium' }
  properties: { reserved: true, maximumElasticWorkerCount: min(maximumInstanceCount, 100) }
}

resource site 'Microsoft.Web/sites@2024-04-01' = {
  name: 'func-${token}'
  location: location
  tags: union(tags, { 'azd-service-name': 'app' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  properties: {
    serverFarmId: isFlex ? flexPlan.id : premiumPlan.id
    httpsOnly: true
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    functionAppConfig: isFlex ? flexConfig : null
    // What Flex Consumption decides itself is null there.
    siteConfig: {
      minTlsVersion: '1.2'
      linuxFxVersion: isFlex ? null : 'PYTHON|3.13'
      ftpsState: isFlex ? null : 'Disabled'
      http20Enabled: isFlex ? null : true
      minimumElasticInstanceCount: isFlex ? null : 1
    }
  }
}

resource appSettings 'Microsoft.Web/sites/config@2024-04-01' = {
  parent: site
  name: 'appsettings'
  properties: union(settings, overrides, telemetry, isFlex ? {} : premiumOnly)
}

// No user name and password deploys anything; the pipeline has an identity.
resource noFtpPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = {
  parent: site
  name: 'ftp'
  properties: { allow: false }
}

resource noScmPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = {
  parent: site
  name: 'scm'
  properties: { allow: false }
}

output name string = site.name
output url string = 'https://${site.properties.defaultHostName}'
