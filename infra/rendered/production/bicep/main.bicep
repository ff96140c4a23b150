// Rendered from the stack lightening-production. Change the stack, and render again.

@description('The region of every resource.')
param location string = resourceGroup().location

@description('Ends the names that must be unique in all of Azure.')
@minLength(13)
@maxLength(13)
param suffix string = uniqueString(resourceGroup().id)

@secure()
@description('The secret JWT_SIGNING_KEY.')
param jwtSigningKey string

@secure()
@description('The secret OPENAI_API_KEY.')
param openaiApiKey string

@description('The image chat-api, with its tag or digest.')
param chatApiImage string = 'chat-api:0.1.0'

var tags = {
  'slipway-stack': 'lightening-production'
}

var serviceBusHost = replace(replace(serviceBus.properties.serviceBusEndpoint, 'https://', ''), ':443/', '')

resource telemetry 'Microsoft.OperationalInsights/workspaces@2025-07-01' = {
  name: 'telemetry'
  location: location
  tags: tags
  properties: {
    sku: {
      name: 'PerGB2018'
    }
    retentionInDays: 30
    features: {
      disableLocalAuth: true
    }
  }
}

resource telemetryInsights 'Microsoft.Insights/components@2020-02-02' = {
  name: 'telemetry'
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    DisableLocalAuth: true
    IngestionMode: 'LogAnalytics'
    WorkspaceResourceId: telemetry.id
  }
}

resource serviceBus 'Microsoft.ServiceBus/namespaces@2024-01-01' = {
  name: 'lightening-production-${suffix}'
  location: location
  tags: tags
  sku: {
    name: 'Standard'
    tier: 'Standard'
  }
  properties: {
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
  }
}

resource serviceBusDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: serviceBus
  name: 'workspace'
  properties: {
    workspaceId: telemetry.id
    logs: [
      {
        categoryGroup: 'allLogs'
        enabled: true
      }
    ]
    metrics: [
      {
        category: 'AllMetrics'
        enabled: true
      }
    ]
  }
}

resource containerEnvironment 'Microsoft.App/managedEnvironments@2025-07-01' = {
  name: 'lightening-production-environment'
  location: location
  tags: tags
  properties: {
    appLogsConfiguration: {
      destination: 'azure-monitor'
    }
    workloadProfiles: [
      {
        name: 'Consumption'
        workloadProfileType: 'Consumption'
      }
    ]
  }
}

resource containerEnvironmentDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: containerEnvironment
  name: 'workspace'
  properties: {
    workspaceId: telemetry.id
    logs: [
      {
        categoryGroup: 'allLogs'
        enabled: true
      }
    ]
    metrics: [
      {
        category: 'AllMetrics'
        enabled: true
      }
    ]
  }
}

resource cache 'Microsoft.Cache/redisEnterprise@2025-07-01' = {
  name: 'cache-${suffix}'
  location: location
  tags: tags
  sku: {
    name: 'Balanced_B0'
  }
  properties: {
    highAvailability: 'Enabled'
    minimumTlsVersion: '1.2'
    publicNetworkAccess: 'Enabled'
  }
}

resource cacheDatabase 'Microsoft.Cache/redisEnterprise/databases@2025-07-01' = {
  parent: cache
  name: 'default'
  properties: {
    accessKeysAuthentication: 'Disabled'
    clientProtocol: 'Encrypted'
    clusteringPolicy: 'EnterpriseCluster'
    evictionPolicy: 'VolatileLRU'
    port: 10000
  }
}

resource cacheDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: cache
  name: 'workspace'
  properties: {
    workspaceId: telemetry.id
    metrics: [
      {
        category: 'AllMetrics'
        enabled: true
      }
    ]
  }
}

resource documents 'Microsoft.DocumentDB/databaseAccounts@2025-10-15' = {
  name: 'documents-${suffix}'
  location: location
  tags: tags
  kind: 'GlobalDocumentDB'
  properties: {
    databaseAccountOfferType: 'Standard'
    capabilities: [
      {
        name: 'EnableServerless'
      }
    ]
    disableKeyBasedMetadataWriteAccess: true
    disableLocalAuth: true
    locations: [
      {
        locationName: location
        failoverPriority: 0
        isZoneRedundant: true
      }
    ]
    minimalTlsVersion: 'Tls12'
  }
}

resource documentsDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: documents
  name: 'workspace'
  properties: {
    workspaceId: telemetry.id
    logs: [
      {
        categoryGroup: 'audit'
        enabled: true
      }
    ]
    metrics: [
      {
        category: 'Requests'
        enabled: true
      }
    ]
  }
}

resource documentsDatabase 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases@2025-10-15' = {
  parent: documents
  name: 'documents'
  properties: {
    resource: {
      id: 'documents'
    }
  }
}

resource documentsPostsContainer 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers@2025-10-15' = {
  parent: documentsDatabase
  name: 'posts'
  properties: {
    resource: {
      id: 'posts'
      partitionKey: {
        kind: 'Hash'
        paths: [
          '/id'
        ]
        version: 2
      }
    }
  }
}

resource events 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' = {
  parent: serviceBus
  name: 'events'
  properties: {
    lockDuration: 'PT30S'
    maxDeliveryCount: 10
    requiresDuplicateDetection: true
    duplicateDetectionHistoryTimeWindow: 'P1D'
    deadLetteringOnMessageExpiration: true
    forwardDeadLetteredMessagesTo: eventsDead.name
  }
}

resource eventsDead 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' = {
  parent: serviceBus
  name: 'events-dead'
  properties: {
    lockDuration: 'PT1M'
    maxDeliveryCount: 10
    requiresDuplicateDetection: false
    deadLetteringOnMessageExpiration: true
  }
}

resource files 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: 'files${suffix}'
  location: location
  tags: tags
  sku: {
    name: 'Standard_ZRS'
  }
  kind: 'StorageV2'
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
  }
}

resource filesBlobs 'Microsoft.Storage/storageAccounts/blobServices@2025-06-01' = {
  parent: files
  name: 'default'
  properties: {
    deleteRetentionPolicy: {
      enabled: true
      days: 7
    }
    containerDeleteRetentionPolicy: {
      enabled: true
      days: 7
    }
  }
}

resource filesBlobsDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: filesBlobs
  name: 'workspace'
  properties: {
    workspaceId: telemetry.id
    metrics: [
      {
        category: 'Transaction'
        enabled: true
      }
    ]
  }
}

resource filesFunctionsPackageContainer 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' = {
  parent: filesBlobs
  name: 'functions-package'
  properties: {
    publicAccess: 'None'
  }
}

resource filesTables 'Microsoft.Storage/storageAccounts/tableServices@2025-06-01' existing = {
  parent: files
  name: 'default'
}

resource filesChatsTable 'Microsoft.Storage/storageAccounts/tableServices/tables@2025-06-01' = {
  parent: filesTables
  name: 'chats'
}

resource filesSchedulesTable 'Microsoft.Storage/storageAccounts/tableServices/tables@2025-06-01' = {
  parent: filesTables
  name: 'schedules'
}

resource filesIdempotencyTable 'Microsoft.Storage/storageAccounts/tableServices/tables@2025-06-01' = {
  parent: filesTables
  name: 'idempotency'
}

resource generations 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' = {
  parent: serviceBus
  name: 'generations'
  properties: {
    lockDuration: 'PT1M'
    maxDeliveryCount: 5
    requiresDuplicateDetection: true
    duplicateDetectionHistoryTimeWindow: 'P1D'
    deadLetteringOnMessageExpiration: true
    forwardDeadLetteredMessagesTo: eventsDead.name
  }
}

resource images 'Microsoft.ContainerRegistry/registries@2025-11-01' = {
  name: 'images${suffix}'
  location: location
  tags: tags
  sku: {
    name: 'Basic'
  }
  properties: {
    adminUserEnabled: false
    anonymousPullEnabled: false
  }
}

resource imagesDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: images
  name: 'workspace'
  properties: {
    workspaceId: telemetry.id
    logs: [
      {
        categoryGroup: 'audit'
        enabled: true
      }
    ]
    metrics: [
      {
        category: 'AllMetrics'
        enabled: true
      }
    ]
  }
}

resource vault 'Microsoft.KeyVault/vaults@2025-05-01' = {
  name: 'vault-${suffix}'
  location: location
  tags: tags
  properties: {
    tenantId: tenant().tenantId
    sku: {
      family: 'A'
      name: 'standard'
    }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    enablePurgeProtection: true
  }
}

resource vaultDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: vault
  name: 'workspace'
  properties: {
    workspaceId: telemetry.id
    logs: [
      {
        categoryGroup: 'audit'
        enabled: true
      }
    ]
    metrics: [
      {
        category: 'AllMetrics'
        enabled: true
      }
    ]
  }
}

resource vaultJwtSigningKeySecret 'Microsoft.KeyVault/vaults/secrets@2025-05-01' = {
  parent: vault
  name: 'JWT-SIGNING-KEY'
  properties: {
    contentType: 'text/plain'
    value: jwtSigningKey
  }
}

resource vaultOpenaiApiKeySecret 'Microsoft.KeyVault/vaults/secrets@2025-05-01' = {
  parent: vault
  name: 'OPENAI-API-KEY'
  properties: {
    contentType: 'text/plain'
    value: openaiApiKey
  }
}

resource chatIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'chat-identity'
  location: location
  tags: tags
}

resource roleAcrPull 'Microsoft.Authorization/roleDefinitions@2022-04-01' existing = {
  scope: subscription()
  name: '7f951dda-4ed3-4680-a7ca-43fe172d538d'
}

resource chatAcrPullOnImages 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: images
  name: guid(images.id, chatIdentity.id, roleAcrPull.id)
  properties: {
    principalId: chatIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: roleAcrPull.id
  }
}

resource roleMonitoringMetricsPublisher 'Microsoft.Authorization/roleDefinitions@2022-04-01' existing = {
  scope: subscription()
  name: '3913510d-42f4-4e42-8a64-420c390055eb'
}

resource chatMonitoringMetricsPublisherOnTelemetryInsights 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: telemetryInsights
  name: guid(telemetryInsights.id, chatIdentity.id, roleMonitoringMetricsPublisher.id)
  properties: {
    principalId: chatIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: roleMonitoringMetricsPublisher.id
  }
}

resource roleStorageTableDataContributor 'Microsoft.Authorization/roleDefinitions@2022-04-01' existing = {
  scope: subscription()
  name: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
}

resource chatStorageTableDataContributorOnFiles 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: files
  name: guid(files.id, chatIdentity.id, roleStorageTableDataContributor.id)
  properties: {
    principalId: chatIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: roleStorageTableDataContributor.id
  }
}

resource roleKeyVaultSecretsUser 'Microsoft.Authorization/roleDefinitions@2022-04-01' existing = {
  scope: subscription()
  name: '4633458b-17de-408a-b874-0445c86b69e6'
}

resource chatKeyVaultSecretsUserOnVaultOpenaiApiKeySecret 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vaultOpenaiApiKeySecret
  name: guid(vaultOpenaiApiKeySecret.id, chatIdentity.id, roleKeyVaultSecretsUser.id)
  properties: {
    principalId: chatIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: roleKeyVaultSecretsUser.id
  }
}

resource chatOnCache 'Microsoft.Cache/redisEnterprise/databases/accessPolicyAssignments@2025-07-01' = {
  parent: cacheDatabase
  name: 'chatIdentity'
  properties: {
    accessPolicyName: 'default'
    user: {
      objectId: chatIdentity.properties.principalId
    }
  }
}

resource chatKeyVaultSecretsUserOnVaultJwtSigningKeySecret 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vaultJwtSigningKeySecret
  name: guid(vaultJwtSigningKeySecret.id, chatIdentity.id, roleKeyVaultSecretsUser.id)
  properties: {
    principalId: chatIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: roleKeyVaultSecretsUser.id
  }
}

resource chat 'Microsoft.App/containerApps@2025-07-01' = {
  name: 'chat'
  location: location
  tags: tags
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${chatIdentity.id}': {}
    }
  }
  properties: {
    environmentId: containerEnvironment.id
    workloadProfileName: 'Consumption'
    configuration: {
      activeRevisionsMode: 'Single'
      ingress: {
        external: true
        targetPort: 8000
        transport: 'auto'
        allowInsecure: false
      }
      registries: [
        {
          server: images.properties.loginServer
          identity: chatIdentity.id
        }
      ]
      secrets: [
        {
          name: 'openai-api-key'
          identity: chatIdentity.id
          keyVaultUrl: vaultOpenaiApiKeySecret.properties.secretUri
        }
        {
          name: 'jwt-signing-key'
          identity: chatIdentity.id
          keyVaultUrl: vaultJwtSigningKeySecret.properties.secretUri
        }
      ]
    }
    template: {
      containers: [
        {
          name: 'chat'
          image: '${images.properties.loginServer}/${chatApiImage}'
          env: [
            {
              name: 'APPLICATIONINSIGHTS_CONNECTION_STRING'
              value: telemetryInsights.properties.ConnectionString
            }
            {
              name: 'TABLE_CONNECTION'
              value: files.properties.primaryEndpoints.table
            }
            {
              name: 'OPENAI_API_KEY'
              secretRef: 'openai-api-key'
            }
            {
              name: 'REDIS_URL'
              value: 'rediss://${cache.properties.hostName}:10000'
            }
            {
              name: 'JWT_SIGNING_KEY'
              secretRef: 'jwt-signing-key'
            }
            {
              name: 'AZURE_CLIENT_ID'
              value: chatIdentity.properties.clientId
            }
            {
              name: 'HOST'
              value: '0.0.0.0'
            }
            {
              name: 'PORT'
              value: '8000'
            }
          ]
          resources: {
            cpu: json('0.5')
            memory: '1Gi'
          }
          probes: [
            {
              type: 'Startup'
              httpGet: {
                path: '/health'
                port: 8000
              }
              periodSeconds: 1
              failureThreshold: 30
            }
            {
              type: 'Liveness'
              httpGet: {
                path: '/health'
                port: 8000
              }
              periodSeconds: 10
              failureThreshold: 3
              timeoutSeconds: 5
            }
            {
              type: 'Readiness'
              httpGet: {
                path: '/health'
                port: 8000
              }
              periodSeconds: 10
              failureThreshold: 3
              timeoutSeconds: 5
            }
          ]
        }
      ]
      scale: {
        minReplicas: 0
        maxReplicas: 10
        rules: [
          {
            name: 'http-0'
            http: {
              metadata: {
                concurrentRequests: '50'
              }
            }
          }
        ]
      }
    }
  }
  dependsOn: [
    chatAcrPullOnImages
    chatKeyVaultSecretsUserOnVaultOpenaiApiKeySecret
    chatKeyVaultSecretsUserOnVaultJwtSigningKeySecret
  ]
}

resource functionsIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'functions-identity'
  location: location
  tags: tags
}

resource roleStorageBlobDataOwner 'Microsoft.Authorization/roleDefinitions@2022-04-01' existing = {
  scope: subscription()
  name: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
}

resource functionsStorageBlobDataOwnerOnFiles 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: files
  name: guid(files.id, functionsIdentity.id, roleStorageBlobDataOwner.id)
  properties: {
    principalId: functionsIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: roleStorageBlobDataOwner.id
  }
}

resource roleStorageQueueDataContributor 'Microsoft.Authorization/roleDefinitions@2022-04-01' existing = {
  scope: subscription()
  name: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
}

resource functionsStorageQueueDataContributorOnFiles 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: files
  name: guid(files.id, functionsIdentity.id, roleStorageQueueDataContributor.id)
  properties: {
    principalId: functionsIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: roleStorageQueueDataContributor.id
  }
}

resource functionsStorageTableDataContributorOnFiles 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: files
  name: guid(files.id, functionsIdentity.id, roleStorageTableDataContributor.id)
  properties: {
    principalId: functionsIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: roleStorageTableDataContributor.id
  }
}

resource roleServiceBusDataReceiver 'Microsoft.Authorization/roleDefinitions@2022-04-01' existing = {
  scope: subscription()
  name: '4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0'
}

resource functionsServiceBusDataReceiverOnEvents 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: events
  name: guid(events.id, functionsIdentity.id, roleServiceBusDataReceiver.id)
  properties: {
    principalId: functionsIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: roleServiceBusDataReceiver.id
  }
}

resource roleServiceBusDataSender 'Microsoft.Authorization/roleDefinitions@2022-04-01' existing = {
  scope: subscription()
  name: '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39'
}

resource functionsServiceBusDataSenderOnEventsDead 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: eventsDead
  name: guid(eventsDead.id, functionsIdentity.id, roleServiceBusDataSender.id)
  properties: {
    principalId: functionsIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: roleServiceBusDataSender.id
  }
}

resource functionsServiceBusDataSenderOnEvents 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: events
  name: guid(events.id, functionsIdentity.id, roleServiceBusDataSender.id)
  properties: {
    principalId: functionsIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: roleServiceBusDataSender.id
  }
}

resource functionsWriteDocumentsDocuments 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments@2025-10-15' = {
  parent: documents
  name: guid(documents.id, functionsIdentity.id, '00000000-0000-0000-0000-000000000002')
  properties: {
    principalId: functionsIdentity.properties.principalId
    roleDefinitionId: '${documents.id}/sqlRoleDefinitions/00000000-0000-0000-0000-000000000002'
    scope: documents.id
  }
}

resource functionsMonitoringMetricsPublisherOnTelemetryInsights 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: telemetryInsights
  name: guid(telemetryInsights.id, functionsIdentity.id, roleMonitoringMetricsPublisher.id)
  properties: {
    principalId: functionsIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: roleMonitoringMetricsPublisher.id
  }
}

resource functionsKeyVaultSecretsUserOnVaultJwtSigningKeySecret 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vaultJwtSigningKeySecret
  name: guid(vaultJwtSigningKeySecret.id, functionsIdentity.id, roleKeyVaultSecretsUser.id)
  properties: {
    principalId: functionsIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: roleKeyVaultSecretsUser.id
  }
}

resource functionsServiceBusDataSenderOnGenerations 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: generations
  name: guid(generations.id, functionsIdentity.id, roleServiceBusDataSender.id)
  properties: {
    principalId: functionsIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: roleServiceBusDataSender.id
  }
}

resource functionsPlan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: 'functions-plan'
  location: location
  tags: tags
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  kind: 'functionapp'
  properties: {
    reserved: true
    zoneRedundant: true
  }
}

resource functions 'Microsoft.Web/sites@2025-03-01' = {
  name: 'functions-${suffix}'
  location: location
  tags: tags
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${functionsIdentity.id}': {}
    }
  }
  properties: {
    serverFarmId: functionsPlan.id
    httpsOnly: true
    keyVaultReferenceIdentity: functionsIdentity.id
    siteConfig: {
      minTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
    }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${files.properties.primaryEndpoints.blob}${filesFunctionsPackageContainer.name}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: functionsIdentity.id
          }
        }
      }
      runtime: {
        name: 'custom'
        version: '1.0'
      }
      scaleAndConcurrency: {
        instanceMemoryMB: 512
        maximumInstanceCount: 100
      }
    }
  }
  dependsOn: [
    functionsStorageBlobDataOwnerOnFiles
    functionsStorageQueueDataContributorOnFiles
    functionsStorageTableDataContributorOnFiles
    functionsKeyVaultSecretsUserOnVaultJwtSigningKeySecret
  ]
}

resource functionsFtpPasswords 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: functions
  name: 'ftp'
  properties: {
    allow: false
  }
}

resource functionsScmPasswords 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: functions
  name: 'scm'
  properties: {
    allow: false
  }
}

resource functionsSettings 'Microsoft.Web/sites/config@2025-03-01' = {
  parent: functions
  name: 'appsettings'
  properties: {
    AzureWebJobsStorage__credential: 'managedidentity'
    AzureWebJobsStorage__clientId: functionsIdentity.properties.clientId
    AzureWebJobsStorage__blobServiceUri: files.properties.primaryEndpoints.blob
    AzureWebJobsStorage__queueServiceUri: files.properties.primaryEndpoints.queue
    AzureWebJobsStorage__tableServiceUri: files.properties.primaryEndpoints.table
    SERVICEBUS_CONNECTION__fullyQualifiedNamespace: serviceBusHost
    SERVICEBUS_CONNECTION__credential: 'managedidentity'
    SERVICEBUS_CONNECTION__clientId: functionsIdentity.properties.clientId
    SERVICEBUS_QUEUE: events.name
    DEAD_LETTER_QUEUE: eventsDead.name
    TABLE_CONNECTION: files.properties.primaryEndpoints.table
    POST_DATABASE: '${documents.properties.documentEndpoint}dbs/documents'
    APPLICATIONINSIGHTS_CONNECTION_STRING: telemetryInsights.properties.ConnectionString
    JWT_SIGNING_KEY: '@Microsoft.KeyVault(SecretUri=${vaultJwtSigningKeySecret.properties.secretUri})'
    RATE_LIMIT_PER_MINUTE: '600'
    GENERATION_QUEUE: generations.name
    AZURE_CLIENT_ID: functionsIdentity.properties.clientId
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${functionsIdentity.properties.clientId};Authorization=AAD'
  }
}

resource functionsDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: functions
  name: 'workspace'
  properties: {
    workspaceId: telemetry.id
    logs: [
      {
        categoryGroup: 'allLogs'
        enabled: true
      }
    ]
    metrics: [
      {
        category: 'AllMetrics'
        enabled: true
      }
    ]
  }
}

resource generatorIdentity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'generator-identity'
  location: location
  tags: tags
}

resource generatorAcrPullOnImages 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: images
  name: guid(images.id, generatorIdentity.id, roleAcrPull.id)
  properties: {
    principalId: generatorIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: roleAcrPull.id
  }
}

resource generatorServiceBusDataReceiverOnGenerations 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: generations
  name: guid(generations.id, generatorIdentity.id, roleServiceBusDataReceiver.id)
  properties: {
    principalId: generatorIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: roleServiceBusDataReceiver.id
  }
}

resource generatorServiceBusDataSenderOnEventsDead 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: eventsDead
  name: guid(eventsDead.id, generatorIdentity.id, roleServiceBusDataSender.id)
  properties: {
    principalId: generatorIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: roleServiceBusDataSender.id
  }
}

resource generatorServiceBusDataSenderOnEvents 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: events
  name: guid(events.id, generatorIdentity.id, roleServiceBusDataSender.id)
  properties: {
    principalId: generatorIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: roleServiceBusDataSender.id
  }
}

resource generatorOnCache 'Microsoft.Cache/redisEnterprise/databases/accessPolicyAssignments@2025-07-01' = {
  parent: cacheDatabase
  name: 'generatorIdentity'
  properties: {
    accessPolicyName: 'default'
    user: {
      objectId: generatorIdentity.properties.principalId
    }
  }
}

resource generatorStorageTableDataContributorOnFiles 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: files
  name: guid(files.id, generatorIdentity.id, roleStorageTableDataContributor.id)
  properties: {
    principalId: generatorIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: roleStorageTableDataContributor.id
  }
}

resource generatorMonitoringMetricsPublisherOnTelemetryInsights 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: telemetryInsights
  name: guid(telemetryInsights.id, generatorIdentity.id, roleMonitoringMetricsPublisher.id)
  properties: {
    principalId: generatorIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: roleMonitoringMetricsPublisher.id
  }
}

resource generatorKeyVaultSecretsUserOnVaultOpenaiApiKeySecret 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vaultOpenaiApiKeySecret
  name: guid(vaultOpenaiApiKeySecret.id, generatorIdentity.id, roleKeyVaultSecretsUser.id)
  properties: {
    principalId: generatorIdentity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: roleKeyVaultSecretsUser.id
  }
}

resource generator 'Microsoft.App/containerApps@2025-07-01' = {
  name: 'generator'
  location: location
  tags: tags
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${generatorIdentity.id}': {}
    }
  }
  properties: {
    environmentId: containerEnvironment.id
    workloadProfileName: 'Consumption'
    configuration: {
      activeRevisionsMode: 'Single'
      registries: [
        {
          server: images.properties.loginServer
          identity: generatorIdentity.id
        }
      ]
      secrets: [
        {
          name: 'openai-api-key'
          identity: generatorIdentity.id
          keyVaultUrl: vaultOpenaiApiKeySecret.properties.secretUri
        }
      ]
    }
    template: {
      containers: [
        {
          name: 'generator'
          image: '${images.properties.loginServer}/${chatApiImage}'
          args: [
            '--role'
            'worker'
          ]
          env: [
            {
              name: 'SERVICEBUS_CONNECTION__fullyQualifiedNamespace'
              value: serviceBusHost
            }
            {
              name: 'SERVICEBUS_CONNECTION__credential'
              value: 'managedidentity'
            }
            {
              name: 'SERVICEBUS_CONNECTION__clientId'
              value: generatorIdentity.properties.clientId
            }
            {
              name: 'GENERATION_QUEUE'
              value: generations.name
            }
            {
              name: 'DEAD_LETTER_QUEUE'
              value: eventsDead.name
            }
            {
              name: 'SERVICEBUS_QUEUE'
              value: events.name
            }
            {
              name: 'REDIS_URL'
              value: 'rediss://${cache.properties.hostName}:10000'
            }
            {
              name: 'TABLE_CONNECTION'
              value: files.properties.primaryEndpoints.table
            }
            {
              name: 'APPLICATIONINSIGHTS_CONNECTION_STRING'
              value: telemetryInsights.properties.ConnectionString
            }
            {
              name: 'OPENAI_API_KEY'
              secretRef: 'openai-api-key'
            }
            {
              name: 'AZURE_CLIENT_ID'
              value: generatorIdentity.properties.clientId
            }
            {
              name: 'HOST'
              value: '0.0.0.0'
            }
            {
              name: 'PORT'
              value: '8080'
            }
          ]
          resources: {
            cpu: json('0.5')
            memory: '1Gi'
          }
          probes: [
            {
              type: 'Startup'
              httpGet: {
                path: '/health'
                port: 8080
              }
              periodSeconds: 1
              failureThreshold: 30
            }
            {
              type: 'Liveness'
              httpGet: {
                path: '/health'
                port: 8080
              }
              periodSeconds: 10
              failureThreshold: 3
              timeoutSeconds: 5
            }
            {
              type: 'Readiness'
              httpGet: {
                path: '/health'
                port: 8080
              }
              periodSeconds: 10
              failureThreshold: 3
              timeoutSeconds: 5
            }
          ]
        }
      ]
      scale: {
        minReplicas: 0
        maxReplicas: 20
        rules: [
          {
            name: 'azure-servicebus-0'
            custom: {
              type: 'azure-servicebus'
              identity: generatorIdentity.id
              metadata: {
                namespace: serviceBus.name
                queueName: generations.name
                messageCount: '4'
              }
            }
          }
        ]
      }
    }
  }
  dependsOn: [
    generatorAcrPullOnImages
    generatorKeyVaultSecretsUserOnVaultOpenaiApiKeySecret
  ]
}

@description('Where images are pushed to.')
output imagesServer string = images.properties.loginServer

@description('The address of the vault.')
output vaultUri string = vault.properties.vaultUri

@description('The address of chat.')
output chatUrl string = 'https://${chat.properties.configuration.ingress.fqdn}'

@description('The address of functions.')
output functionsUrl string = 'https://${functions.properties.defaultHostName}'

@description('The function app to publish to.')
output functionsName string = functions.name
