// One function app: plan, site and the app settings that its template gives.

@description('Region of the app.')
param location string

@description('Tags of every resource; the site also gets the service name that azd looks for.')
param tags object

@description('Makes the names unique.')
param token string

@description('What the app does: part of its names, and its service in azure.yaml.')
@allowed(['serving', 'training'])
param role string

@description('flex for Flex Consumption, or the SKU of a Premium plan.')
@allowed(['flex', 'EP1', 'EP2', 'EP3'])
param plan string

@description('Memory of an instance on Flex Consumption.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int

@description('Most instances at a time.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int

@description('Groups of functions that have instances without a cold start: objects with name and instanceCount.')
param alwaysReady array

@description('Requests that one instance of Flex Consumption serves at a time.')
@minValue(1)
@maxValue(1000)
param requestsPerInstance int

@description('The host account of the app.')
param hostAccountName string

@description('The identity of the app.')
param identityName string

@description('Application Insights.')
param insightsName string

@description('Workspace that receives the metrics of the site.')
param workspaceId string

@description('Subnet of the app; empty without a network of its own.')
param subnetId string

@description('The archive that a Premium plan runs, in the container packages of the host account.')
param package string

@description('Every app setting that the code of the app reads.')
@secure()
param settings object

var isFlex = plan == 'flex'

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
    alwaysReady: alwaysReady
    triggers: { http: { perInstanceConcurrency: requestsPerInstance } }
  }
}

var telemetry = {
  APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.properties.clientId};Authorization=AAD'
}

// Flex Consumption refuses these; a Premium plan needs them, and takes the package from its address.
var premiumOnly = {
  FUNCTIONS_EXTENSION_VERSION: '~4'
  FUNCTIONS_WORKER_RUNTIME: 'python'
  WEBSITE_RUN_FROM_PACKAGE: '${hostAccount.properties.primaryEndpoints.blob}packages/${package}'
  WEBSITE_RUN_FROM_PACKAGE_BLOB_MI_RESOURCE_ID: identity.id
}

resource hostAccount 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: hostAccountName
}

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' existing = {
  name: identityName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

// A plan of Flex Consumption holds one app.
resource flexPlan 'Microsoft.Web/serverfarms@2024-04-01' = if (isFlex) {
  name: 'plan-${role}-${token}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource premiumPlan 'Microsoft.Web/serverfarms@2024-04-01' = if (!isFlex) {
  name: 'plan-premium-${role}-${token}'
  location: location
  tags: tags
  kind: 'elastic'
  sku: { name: isFlex ? 'EP1' : plan, tier: 'ElasticPremium' }
  properties: { reserved: true, maximumElasticWorkerCount: min(maximumInstanceCount, 100) }
}

// Shorter than 32 characters: the host cuts the id that its leases and keys stand under there.
resource site 'Microsoft.Web/sites@2024-04-01' = {
  name: 'func-${role}-${token}'
  location: location
  tags: union(tags, { 'azd-service-name': role })
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
  properties: union(settings, telemetry, isFlex ? {} : premiumOnly)
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

// Instances and executions by app. What the host and the app say is in Application Insights.
resource metrics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: site
  name: 'workspace'
  properties: {
    workspaceId: workspaceId
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output name string = site.name
output url string = 'https://${site.properties.defaultHostName}'
