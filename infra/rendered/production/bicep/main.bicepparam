using './main.bicep'

param jwtSigningKeyValue = readEnvironmentVariable('JWT_SIGNING_KEY')
param openaiApiKeyValue = readEnvironmentVariable('OPENAI_API_KEY')
