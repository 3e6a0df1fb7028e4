// As prod, but smaller, and a dropped sample is served without approval.
using '../main.bicep'

param environmentName = 'staging'
param location = readEnvironmentVariable('AZURE_LOCATION', 'westeurope')
param approvalKey = readEnvironmentVariable('APPROVAL_KEY', '')
param redundancy = 'Standard_LRS'
param restoreDays = 7
param logDays = 30
// The as-of date of the sample's documented answers.
param trainingSettings = {
  PROMOTION: 'auto'
  AS_OF: '2022-03-08'
}
// The identity of the service connection: it drops the sample.
param uploaders = [
  {
    id: readEnvironmentVariable('PIPELINE_PRINCIPAL_ID', '')
    type: 'ServicePrincipal'
  }
]
// It also looks for runs under way.
param readers = [
  {
    id: readEnvironmentVariable('PIPELINE_PRINCIPAL_ID', '')
    type: 'ServicePrincipal'
  }
]
param alertEmails = []
