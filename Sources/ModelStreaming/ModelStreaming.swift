// ModelStreaming
