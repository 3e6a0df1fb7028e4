// A monthly budget for the resource group. It warns and stops nothing.

@description('Most that a month should cost, in the currency of the subscription.')
@minValue(1)
param amount int

@description('First day of the first month, YYYY-MM-01.')
param startDate string

@description('Who is told.')
@minLength(1)
param emails array

resource budget 'Microsoft.Consumption/budgets@2024-08-01' = {
  name: 'credit-risk'
  properties: {
    category: 'Cost'
    amount: amount
    timeGrain: 'Monthly'
    timePeriod: { startDate: startDate }
    notifications: {
      spent80: {
        enabled: true
        operator: 'GreaterThanOrEqualTo'
        threshold: 80
        thresholdType: 'Actual'
        contactEmails: emails
      }
      forecast100: {
        enabled: true
        operator: 'GreaterThanOrEqualTo'
        threshold: 100
        thresholdType: 'Forecasted'
        contactEmails: emails
      }
    }
  }
}
