// A person approves every release; the pipeline only looks.
using '../main.bicep'

param environmentName = 'prod'
param location = readEnvironmentVariable('AZURE_LOCATION', 'westeurope')
param approvalKey = readEnvironmentVariable('APPROVAL_KEY', '')
param trainingMemoryMB = 4096
// A whole core, which a cold start computes on; 512 MB have a quarter of one.
param servingMemoryMB = 2048
param servingInstances = 100
param readyHttpInstances = 1
param redundancy = 'Standard_ZRS'
param restoreDays = 35
param logDays = 365
param logQuotaGb = 5
// With private endpoints the pipeline's agent must stand in the network too.
param isPrivate = false
param trainingSettings = {
  PROMOTION: 'manual'
}
param readers = [
  {
    id: readEnvironmentVariable('PIPELINE_PRINCIPAL_ID', '')
    type: 'ServicePrincipal'
  }
]
param alertEmails = [
  readEnvironmentVariable('ALERT_EMAIL', '')
]
param monthlyBudget = 300
param budgetStart = readEnvironmentVariable('BUDGET_START', '')
