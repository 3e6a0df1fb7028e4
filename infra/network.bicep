// Optional: the apps in a network of their own, and the accounts behind private endpoints.

@description('Region of the network.')
param location string

@description('Tags of every resource.')
param tags object

@description('Makes the names unique.')
param token string

@description('What the subnet of the training app is delegated to: it depends on the hosting plan.')
param trainingDelegation string

@description('The host account of the serving app.')
param servingHostName string

@description('The host account of the training app.')
param trainingHostName string

@description('The data account.')
param dataAccountName string

var services = ['blob', 'queue', 'table']
var accounts = [servingHostName, trainingHostName, dataAccountName]

// Account and service by their places in the lists above.
var endpoints = [
  { name: 'serving-blob', account: 0, service: 0, group: 'blob' }
  { name: 'serving-table', account: 0, service: 2, group: 'table' }
  { name: 'training-blob', account: 1, service: 0, group: 'blob' }
  { name: 'training-queue', account: 1, service: 1, group: 'queue' }
  { name: 'training-table', account: 1, service: 2, group: 'table' }
  { name: 'data-blob', account: 2, service: 0, group: 'blob' }
  { name: 'data-queue', account: 2, service: 1, group: 'queue' }
  { name: 'data-table', account: 2, service: 2, group: 'table' }
]

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: 'vnet-${token}'
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: ['10.20.0.0/16'] }
    // Declared here: a network that is deployed without its subnets may lose them.
    subnets: [
      {
        name: 'serving'
        properties: {
          addressPrefix: '10.20.0.0/24'
          delegations: [{ name: 'app', properties: { serviceName: 'Microsoft.App/environments' } }]
        }
      }
      {
        name: 'training'
        properties: {
          addressPrefix: '10.20.1.0/24'
          delegations: [{ name: 'app', properties: { serviceName: trainingDelegation } }]
        }
      }
      {
        name: 'endpoints'
        properties: {
          addressPrefix: '10.20.2.0/24'
          privateEndpointNetworkPolicies: 'Enabled'
        }
      }
    ]
  }
}

resource servingSubnet 'Microsoft.Network/virtualNetworks/subnets@2024-05-01' existing = {
  parent: network
  name: 'serving'
}

resource trainingSubnet 'Microsoft.Network/virtualNetworks/subnets@2024-05-01' existing = {
  parent: network
  name: 'training'
}

resource endpointSubnet 'Microsoft.Network/virtualNetworks/subnets@2024-05-01' existing = {
  parent: network
  name: 'endpoints'
}

resource storageAccounts 'Microsoft.Storage/storageAccounts@2024-01-01' existing = [
  for account in accounts: { name: account }
]

resource zones 'Microsoft.Network/privateDnsZones@2020-06-01' = [
  for service in services: {
    name: 'privatelink.${service}.${environment().suffixes.storage}'
    location: 'global'
    tags: tags
  }
]

resource zoneLinks 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2020-06-01' = [
  for (service, index) in services: {
    parent: zones[index]
    name: 'app'
    location: 'global'
    properties: {
      registrationEnabled: false
      virtualNetwork: { id: network.id }
    }
  }
]

resource privateEndpoints 'Microsoft.Network/privateEndpoints@2024-05-01' = [
  for endpoint in endpoints: {
    name: 'pep-${endpoint.name}-${token}'
    location: location
    tags: tags
    properties: {
      subnet: { id: endpointSubnet.id }
      privateLinkServiceConnections: [
        {
          name: 'storage'
          properties: {
            privateLinkServiceId: storageAccounts[endpoint.account].id
            groupIds: [endpoint.group]
          }
        }
      ]
    }
  }
]

resource zoneGroups 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-05-01' = [
  for (endpoint, index) in endpoints: {
    parent: privateEndpoints[index]
    name: 'storage'
    properties: {
      privateDnsZoneConfigs: [
        {
          name: endpoint.group
          properties: { privateDnsZoneId: zones[endpoint.service].id }
        }
      ]
    }
  }
]

output servingSubnetId string = servingSubnet.id
output trainingSubnetId string = trainingSubnet.id
