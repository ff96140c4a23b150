using './main.bicep'

param jwtSigningKey = readEnvironmentVariable('JWT_SIGNING_KEY')
param openaiApiKey = readEnvironmentVariable('OPENAI_API_KEY')
