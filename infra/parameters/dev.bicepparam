// For trying things out: small, cheap, and whatever passes the gates is served.
using '../main.bicep'

param environmentName = 'dev'
param location = readEnvironmentVariable('AZURE_LOCATION', 'westeurope')
param principalId = readEnvironmentVariable('AZURE_PRINCIPAL_ID', '')
param approvalKey = readEnvironmentVariable('APPROVAL_KEY', '')
param trainingMemoryMB = 2048
param redundancy = 'Standard_LRS'
param restoreDays = 7
param logDays = 30
param trainingSettings = {
  PROMOTION: 'auto'
}
