// ServiceBusEmulator
