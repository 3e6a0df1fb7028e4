// What wakes somebody up. Every rule has a runbook of the same name in docs/azure/runbooks.md.

@description('Region of the query rules.')
param location string

@description('Tags of every resource.')
param tags object

@description('Makes the names unique.')
param token string

@description('Who gets the alerts.')
@minLength(1)
param emails array

@description('The workspace that the queries read.')
param workspaceId string

@description('Application Insights, which runs the availability test.')
param insightsName string

@description('The system topic of the data account.')
param topicName string

@description('The data account.')
param dataAccountName string

@description('Address of the serving app.')
param servingUrl string

@description('Days without a new release after which an alert is raised.')
param releaseAgeDays int

@description('95th percentile of a keyed read, in milliseconds, above which an alert is raised.')
param slowReadMilliseconds int

var runbooks = 'docs/azure/runbooks.md'

// Severity 1: somebody waits for an answer. 2: something must be done today. 3: to be known.
// A window goes by the time of a line and lines come minutes late, so each is longer than the pause
// between two looks: a line that came after one is seen by the next.
var rules = [
  {
    name: 'poisoned-upload'
    description: 'An upload failed five times or its runs died, and it is not tried again.'
    severity: 1
    every: 'PT5M'
    // The logs of storage may come twenty minutes late.
    over: 'PT30M'
    query: loadTextContent('queries/poisoned-upload.kql')
    column: ''
    threshold: 0
  }
  {
    name: 'failed-run'
    description: 'An attempt at a run failed.'
    severity: 2
    every: 'PT5M'
    // A failed request bears the time of its start, and ends after the pause before the next try.
    over: 'PT15M'
    query: loadTextContent('queries/failed-run.kql')
    column: ''
    threshold: 0
  }
  {
    name: 'no-upkeep'
    description: 'The training app has not run its timer for an hour.'
    severity: 2
    every: 'PT15M'
    over: 'PT1H'
    query: loadTextContent('queries/no-upkeep.kql')
    column: ''
    threshold: 0
  }
  {
    name: 'rejected-file'
    description: 'A file broke the data contract.'
    severity: 3
    every: 'PT5M'
    over: 'PT15M'
    query: loadTextContent('queries/rejected-file.kql')
    column: ''
    threshold: 0
  }
  {
    name: 'gate-stopped'
    description: 'A gate stopped a candidate; the current release keeps serving.'
    severity: 3
    every: 'PT5M'
    over: 'PT15M'
    query: loadTextContent('queries/gate-stopped.kql')
    column: ''
    threshold: 0
  }
  {
    name: 'override'
    description: 'Somebody asked for an override of the gates, or confirmed one.'
    severity: 2
    every: 'PT5M'
    over: 'PT15M'
    query: loadTextContent('queries/override.kql')
    column: ''
    threshold: 0
  }
  {
    name: 'stale-release'
    description: 'Instances cannot load the current release.'
    severity: 2
    every: 'PT5M'
    over: 'PT15M'
    query: loadTextContent('queries/stale-release.kql')
    column: ''
    threshold: 2
  }
  {
    name: 'release-fallback'
    description: 'The current release is damaged; an earlier one is served, or none.'
    severity: 1
    every: 'PT5M'
    over: 'PT15M'
    query: loadTextContent('queries/release-fallback.kql')
    column: ''
    threshold: 0
  }
  {
    name: 'stored-release-damaged'
    description: 'Stored files of the served release have wrong digests.'
    severity: 1
    every: 'PT5M'
    over: 'PT15M'
    query: loadTextContent('queries/stored-release-damaged.kql')
    column: ''
    threshold: 0
  }
  {
    name: 'audit-gap'
    description: 'Something is missing in the audit.'
    severity: 2
    every: 'PT15M'
    over: 'PT30M'
    query: loadTextContent('queries/audit-gap.kql')
    column: ''
    threshold: 0
  }
  {
    name: 'server-errors'
    description: 'Requests end with server errors.'
    severity: 1
    every: 'PT5M'
    over: 'PT15M'
    query: loadTextContent('queries/server-errors.kql')
    column: ''
    threshold: 5
  }
  {
    name: 'slow-reads'
    description: 'The 95th percentile of keyed reads is too high.'
    severity: 3
    every: 'PT15M'
    over: 'PT1H'
    query: loadTextContent('queries/slow-reads.kql')
    column: 'Milliseconds'
    threshold: slowReadMilliseconds
  }
  {
    name: 'release-age'
    description: 'No new release for too many days.'
    severity: 3
    every: 'PT6H'
    over: 'P1D'
    query: loadTextContent('queries/release-age.kql')
    column: 'Days'
    threshold: releaseAgeDays
  }
]

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${token}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'creditrisk'
    enabled: true
    emailReceivers: [
      for (email, index) in emails: {
        name: 'mail-${index}'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

resource queryAlerts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for rule in rules: {
    name: 'alert-${rule.name}-${token}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: rule.name
      description: '${rule.description} Runbook: ${runbooks}#${rule.name}'
      severity: rule.severity
      enabled: true
      scopes: [workspaceId]
      evaluationFrequency: rule.every
      windowSize: rule.over
      criteria: {
        allOf: [
          {
            query: rule.query
            timeAggregation: empty(rule.column) ? 'Count' : 'Maximum'
            metricMeasureColumn: empty(rule.column) ? null : rule.column
            operator: 'GreaterThan'
            threshold: rule.threshold
            failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
          }
        ]
      }
      autoMitigate: true
      // Table names are known only once the first lines have arrived.
      skipQueryValidation: true
      actions: { actionGroups: [people.id] }
    }
  }
]

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: topicName
}

resource deadLetters 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'alert-dead-letters-${token}'
  location: 'global'
  tags: tags
  properties: {
    description: 'Event Grid gave an event up: an upload was not delivered. Runbook: ${runbooks}#dead-letters'
    severity: 1
    enabled: true
    scopes: [topic.id]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT5M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'given-up'
          criterionType: 'StaticThresholdCriterion'
          metricNamespace: 'Microsoft.EventGrid/systemTopics'
          metricName: 'DeadLetteredCount'
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    actions: [{ actionGroupId: people.id }]
  }
}

resource dataAccount 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: dataAccountName
}

// The account has poison queues only, and their depth is measured hourly.
resource poisonDepth 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'alert-poison-depth-${token}'
  location: 'global'
  tags: tags
  properties: {
    description: 'Poisoned uploads wait to be taken up again. Runbook: ${runbooks}#poison-depth'
    severity: 2
    enabled: true
    scopes: ['${dataAccount.id}/queueServices/default']
    evaluationFrequency: 'PT1H'
    windowSize: 'PT1H'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          name: 'waiting'
          criterionType: 'StaticThresholdCriterion'
          metricNamespace: 'Microsoft.Storage/storageAccounts/queueServices'
          metricName: 'QueueMessageCount'
          timeAggregation: 'Average'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    actions: [{ actionGroupId: people.id }]
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

// Asks from outside, so that it also notices an app that does not start at all.
resource readyTest 'Microsoft.Insights/webtests@2022-06-15' = {
  name: 'ready-${token}'
  location: location
  tags: union(tags, { 'hidden-link:${insights.id}': 'Resource' })
  kind: 'standard'
  properties: {
    SyntheticMonitorId: 'ready-${token}'
    Name: 'ready'
    Description: 'A release is loaded and confirmed as current.'
    Enabled: true
    Frequency: 900
    Timeout: 60
    Kind: 'standard'
    RetryEnabled: true
    Locations: [
      { Id: 'emea-nl-ams-azr' }
      { Id: 'emea-gb-db3-azr' }
      { Id: 'us-va-ash-azr' }
    ]
    Request: {
      RequestUrl: '${servingUrl}/api/health/ready'
      HttpVerb: 'GET'
    }
    ValidationRules: {
      ExpectedHttpStatusCode: 200
      SSLCheck: true
      SSLCertRemainingLifetimeCheck: 14
      ContentValidation: {
        ContentMatch: '"stale":false'
        PassIfTextFound: true
      }
    }
  }
}

resource notReady 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'alert-not-ready-${token}'
  location: 'global'
  tags: tags
  properties: {
    description: 'The app does not answer, serves no release, or a stale one. Runbook: ${runbooks}#not-ready'
    severity: 1
    enabled: true
    scopes: [readyTest.id, insights.id]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT30M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria'
      webTestId: readyTest.id
      componentId: insights.id
      failedLocationCount: 2
    }
    actions: [{ actionGroupId: people.id }]
  }
}
