// Everything but the event subscription, which follows the code (events.bicep).
targetScope = 'subscription'

@description('Name of the environment: dev, staging, prod or one of your own.')
@minLength(1)
@maxLength(40)
param environmentName string

@description('Region of every resource.')
@minLength(1)
@metadata({ azd: { type: 'location' } })
param location string

@description('Plan of the training app: flex for Flex Consumption, or the SKU of a Premium plan.')
@allowed(['flex', 'EP1', 'EP2', 'EP3'])
param plan string = 'flex'

@description('Memory of an instance that trains, on Flex Consumption. Cores grow with it.')
@allowed([512, 2048, 4096])
param trainingMemoryMB int = 4096

@description('Most instances that train at a time.')
param trainingInstances int = 40

@description('Memory of an instance that serves. Cores grow with it, and with them the speed of a cold start.')
@allowed([512, 2048, 4096])
param servingMemoryMB int = 512

@description('Most instances that serve at a time.')
param servingInstances int = 40

@description('Requests that one instance serves at a time.')
param requestsPerInstance int = 16

@description('Instances that serve without a cold start; 0 for none.')
param readyHttpInstances int = 0

@description('Redundancy of the data account.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
param redundancy string = 'Standard_ZRS'

@description('Days for which a deleted or overwritten blob can be restored.')
param restoreDays int = 30

@description('Days after which a raw file is moved to the cool tier.')
param coolDays int = 30

@description('Days for which logs are kept.')
param logDays int = 90

@description('Most GB of logs a day.')
param logQuotaGb int = 1

@description('Whether storage is reached through private endpoints only.')
param isPrivate bool = false

@description('Public addresses from which uploaders may reach a private data account.')
param uploaderAddresses array = []

@description('Who drops files: objects with id and type (User, Group or ServicePrincipal).')
param uploaders array = []

@description('Who fetches reports and copies of releases: objects with id and type.')
param readers array = []

@description('Who decides on the command line: objects with id and type.')
param operators array = []

@description('Object id of the person who runs azd; may drop files and read releases. Empty in a pipeline.')
param principalId string = ''

@description('What approvers send as x-approval-key; empty to forbid decisions over HTTP.')
@secure()
param approvalKey string

@description('App settings of the serving app that differ from their defaults, by name.')
param servingSettings object = {}

@description('App settings of the training app that differ from their defaults, by name.')
param trainingSettings object = {}

@description('Name of the deployed build; empty where the package names itself, as the one of the pipeline does.')
param buildId string = ''

@description('Who gets alerts by e-mail; empty for no alerts.')
param alertEmails array = []

@description('Days without a new release after which an alert is raised.')
param releaseAgeDays int = 35

@description('95th percentile of a keyed read, in milliseconds, above which an alert is raised.')
param slowReadMilliseconds int = 500

@description('Monthly budget in the currency of the subscription; 0 for none.')
param monthlyBudget int = 0

@description('First day of the month in which the budget is made, YYYY-MM-01; it cannot be changed later.')
param budgetStart string = ''

var tags = { 'azd-env-name': environmentName, app: 'credit-risk' }
var token = toLower(uniqueString(subscription().id, environmentName, location))
// A variable that a pipeline lacks arrives as an empty text.
var mails = filter(alertEmails, mail => !empty(mail))
var person = empty(principalId) ? [] : [{ id: principalId, type: 'User' }]

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'rg-credit-risk-${environmentName}'
  location: location
  tags: tags
}

module monitoring 'monitoring.bicep' = {
  name: 'monitoring'
  scope: group
  params: {
    location: location
    tags: tags
    token: token
    retentionDays: logDays
    dailyQuotaGb: logQuotaGb
  }
}

module storage 'storage.bicep' = {
  name: 'storage'
  scope: group
  params: {
    location: location
    tags: tags
    token: token
    redundancy: redundancy
    restoreDays: restoreDays
    coolDays: coolDays
    isPrivate: isPrivate
    uploaderAddresses: uploaderAddresses
    workspaceId: monitoring.outputs.workspaceId
  }
}

module access 'access.bicep' = {
  name: 'access'
  scope: group
  params: {
    location: location
    tags: tags
    token: token
    servingHostName: storage.outputs.servingHostName
    trainingHostName: storage.outputs.trainingHostName
    dataAccountName: storage.outputs.dataAccountName
    eventsIdentityName: storage.outputs.eventsIdentityName
    insightsName: monitoring.outputs.insightsName
    uploaders: union(uploaders, person)
    readers: union(readers, person)
    operators: operators
  }
}

module network 'network.bicep' = if (isPrivate) {
  name: 'network'
  scope: group
  params: {
    location: location
    tags: tags
    token: token
    trainingDelegation: plan == 'flex' ? 'Microsoft.App/environments' : 'Microsoft.Web/serverFarms'
    servingHostName: storage.outputs.servingHostName
    trainingHostName: storage.outputs.trainingHostName
    dataAccountName: storage.outputs.dataAccountName
  }
}

module serving 'serving.bicep' = {
  name: 'serving'
  scope: group
  params: {
    location: location
    tags: tags
    token: token
    instanceMemoryMB: servingMemoryMB
    maximumInstanceCount: servingInstances
    requestsPerInstance: requestsPerInstance
    readyHttpInstances: readyHttpInstances
    hostAccountName: storage.outputs.servingHostName
    dataAccountName: storage.outputs.dataAccountName
    identityName: access.outputs.servingIdentityName
    insightsName: monitoring.outputs.insightsName
    workspaceId: monitoring.outputs.workspaceId
    subnetId: isPrivate ? network.outputs.servingSubnetId : ''
    approvalKey: approvalKey
    overrides: servingSettings
    buildId: buildId
  }
}

module training 'training.bicep' = {
  name: 'training'
  scope: group
  params: {
    location: location
    tags: tags
    token: token
    plan: plan
    instanceMemoryMB: trainingMemoryMB
    maximumInstanceCount: trainingInstances
    hostAccountName: storage.outputs.trainingHostName
    dataAccountName: storage.outputs.dataAccountName
    identityName: access.outputs.trainingIdentityName
    insightsName: monitoring.outputs.insightsName
    workspaceId: monitoring.outputs.workspaceId
    subnetId: isPrivate ? network.outputs.trainingSubnetId : ''
    overrides: trainingSettings
    buildId: buildId
  }
}

module alerts 'alerts.bicep' = if (!empty(mails)) {
  name: 'alerts'
  scope: group
  params: {
    location: location
    tags: tags
    token: token
    emails: mails
    workspaceId: monitoring.outputs.workspaceId
    insightsName: monitoring.outputs.insightsName
    topicName: storage.outputs.topicName
    dataAccountName: storage.outputs.dataAccountName
    servingUrl: serving.outputs.url
    releaseAgeDays: releaseAgeDays
    slowReadMilliseconds: slowReadMilliseconds
  }
}

module budget 'budget.bicep' = if (monthlyBudget > 0 && !empty(budgetStart) && !empty(mails)) {
  name: 'budget'
  scope: group
  params: {
    amount: monthlyBudget
    startDate: budgetStart
    emails: mails
  }
}

output AZURE_RESOURCE_GROUP string = group.name
output AZURE_SERVING_APP_NAME string = serving.outputs.name
output AZURE_SERVING_APP_URL string = serving.outputs.url
output AZURE_TRAINING_APP_NAME string = training.outputs.name
output AZURE_TRAINING_APP_URL string = training.outputs.url
output AZURE_DATA_ACCOUNT_NAME string = storage.outputs.dataAccountName
output AZURE_EVENT_TOPIC_NAME string = storage.outputs.topicName
output AZURE_EVENTS_IDENTITY_NAME string = storage.outputs.eventsIdentityName
