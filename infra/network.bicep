// Optional: the app in a network of its own, and both accounts behind private endpoints.

@description('Region of the network.')
param location string

@description('Tags of every resource.')
param tags object

@description('Makes the names unique.')
param token string

@description('What the app subnet is delegated to: it depends on the hosting plan.')
param delegation string

@description('The host account.')
param hostAccountName string

@description('The data account.')
param dataAccountName string

var services = ['blob', 'queue', 'table']
var accounts = [hostAccountName, dataAccountName]

// Account and service by their places in the lists above.
var endpoints = [
  { name: 'host-blob', account: 0, service: 0, group: 'blob' }
  { name: 'host-queue', account: 0, service: 1, group: 'queue' }
  { name: 'host-table', account: 0, service: 2, group: 'table' }
  { name: 'data-blob', account: 1, service: 0, group: 'blob' }
  { name: 'data-queue', account: 1, service: 1, group: 'queue' }
  { name: 'data-table', account: 1, service: 2, group: 'table' }
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
        name: 'app'
        properties: {
          addressPrefix: '10.20.0.0/24'
          delegations: [{ name: 'app', properties: { serviceName: delegation } }]
        }
      }
      {
        name: 'endpoints'
        properties: {
          addressPrefix: '10.20.1.0/24'
          privateEndpointNetworkPolicies: 'Enabled'
        }
      }
    ]
  }
}

resource appSubnet 'Microsoft.Network/virtualNetworks/subnets@2024-05-01' existing = {
  parent: network
  name: 'app'
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

output appSubnetId string = appSubnet.id
