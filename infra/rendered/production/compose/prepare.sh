#!/bin/sh
# Makes what `docker compose up` needs and a repository must not hold: .env, and a file for each secret.
#
# A secret is taken from the environment variable of its name, if there is one. What is there already stays as
# it is, so this can run as often as you like. After a change of a secret: docker compose up -d --force-recreate
set -eu
cd -- "$(dirname -- "$0")"
umask 077

if [ ! -e .env ] && [ ! -L .env ]; then
    cat .env.example >.env
fi

# put NAME VALUE: makes the file of a secret, unless it holds a value. The folder keeps other users out; the
# file lets the user of the containers in.
put() {
    mkdir -p secrets
    if [ ! -s "secrets/$1" ]; then
        printf '%s' "$2" >"secrets/$1"
    fi
    chmod 644 "secrets/$1"
}

random() {
    od -An -N32 -tx1 /dev/urandom | tr -d ' \n'
}

# Read by chat, functions, generator; may stay empty.
put AZURE_OPENAI_API_KEY "${AZURE_OPENAI_API_KEY:-}"

# Read by chat; may stay empty.
put EVENTS_SIGNING_KEY "${EVENTS_SIGNING_KEY:-}"

# Random unless given; read by chat, functions.
put JWT_SIGNING_KEY "${JWT_SIGNING_KEY:-$(random)}"

# Read by chat, functions; may stay empty.
put NOTIFY_SIGNING_KEY "${NOTIFY_SIGNING_KEY:-}"

# Read by chat, generator; may stay empty. Without it the built-in offline responder answers.
put OPENAI_API_KEY "${OPENAI_API_KEY:-}"

# The key of the broker: random unless given.
put SERVICEBUS_EMULATOR_KEY "${SERVICEBUS_EMULATOR_KEY:-$(random)}"

# The broker and its key; read by functions, generator.
put SERVICEBUS_CONNECTION "${SERVICEBUS_CONNECTION:-Endpoint=sb://broker:5300;SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=$(cat secrets/SERVICEBUS_EMULATOR_KEY);UseDevelopmentEmulator=true}"
