// The app that trains: the blob trigger, the timer and the poison queue, from app.zip. Clients do not
// know it. Of the routes it answers the one that says which build it runs.

@description('Region of the app.')
param location string

@description('Tags of every resource.')
param tags object

@description('Makes the names unique.')
param token string

@description('flex for Flex Consumption, or the SKU of a Premium plan for populations that need its memory and disk.')
@allowed(['flex', 'EP1', 'EP2', 'EP3'])
param plan string

@description('Memory of an instance on Flex Consumption.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int

@description('Most instances that train at a time.')
param maximumInstanceCount int

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

@description('App settings that differ from their defaults, by name.')
param overrides object

@description('Name of the deployed build; empty where the package names itself.')
param buildId string

// One line for each setting that the code of this app reads, in the order of the table in the README.
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
  BLOB_TRIGGER_SOURCE: 'EventGrid'
  BUILD_ID: buildId
}

// Every route but health: answers and decisions have one door, that of the serving app.
var servedElsewhere = {
  'AzureWebJobs.caracteristicasriesgo.Disabled': 'true'
  'AzureWebJobs.prediccion.Disabled': 'true'
  'AzureWebJobs.prediccion_hipotetica.Disabled': 'true'
  'AzureWebJobs.predicciones.Disabled': 'true'
  'AzureWebJobs.modelo.Disabled': 'true'
  'AzureWebJobs.versiones.Disabled': 'true'
  'AzureWebJobs.comparacion.Disabled': 'true'
  'AzureWebJobs.aprobacion.Disabled': 'true'
  'AzureWebJobs.rechazo.Disabled': 'true'
  'AzureWebJobs.regreso.Disabled': 'true'
  'AzureWebJobs.ready.Disabled': 'true'
  'AzureWebJobs.openapi.Disabled': 'true'
  'AzureWebJobs.docs.Disabled': 'true'
  'AzureWebJobs.pagina.Disabled': 'true'
  'AzureWebJobs.informe.Disabled': 'true'
  'AzureWebJobs.informe_de_version.Disabled': 'true'
  'AzureWebJobs.ejecuciones.Disabled': 'true'
  'AzureWebJobs.ejecucion.Disabled': 'true'
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
  name: 'training-site'
  params: {
    location: location
    tags: tags
    token: token
    role: 'training'
    plan: plan
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    // The group of the blob trigger must have a ready instance, or nothing starts it.
    alwaysReady: [{ name: 'blob', instanceCount: 1 }]
    requestsPerInstance: 1
    hostAccountName: hostAccountName
    identityName: identityName
    insightsName: insightsName
    workspaceId: workspaceId
    subnetId: subnetId
    package: 'app.zip'
    settings: union(settings, overrides, servedElsewhere)
  }
}

output name string = site.outputs.name
output url string = site.outputs.url
