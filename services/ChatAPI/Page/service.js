const tokenKey = "chat.token";

/** Why something did not work, in words for people. Without a status, the service could not be reached. */
export class ServiceError extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }

  /** Whether the same request may work soon. */
  get isPassing() {
    return this.status === undefined || this.status === 429 || this.status >= 500;
  }
}

/** What the page asks of the service behind it. */
export class Service {
  #askForToken;

  /** `askForToken` is told why one is needed, and answers it, or null where nobody gives one. */
  constructor(askForToken) {
    this.#askForToken = askForToken;
  }

  async chats() {
    return (await (await this.#request("/api/chats?limit=100")).json()).chats;
  }

  async chat(id, signal) {
    return (await this.#request(`/api/chats/${encodeURIComponent(id)}?limit=1000`, { signal })).json();
  }

  async deleteChat(id) {
    await this.#request(`/api/chats/${encodeURIComponent(id)}`, { method: "DELETE" });
  }

  /** Asks a question; the response is a stream of events. */
  ask(chat, message, signal) {
    const body = { message, conversation_id: chat, stream: true };
    return this.#request("/api/chat", { method: "POST", body, signal });
  }

  /** An answer that is being made, from the event after this one on. */
  generation(id, lastEvent, signal) {
    const headers = lastEvent === null ? {} : { "Last-Event-ID": lastEvent };
    return this.#request(`/api/generations/${encodeURIComponent(id)}`, { headers, signal });
  }

  /** Ends the answer to a question; one that has ended already is as good. */
  async cancel(chat) {
    await this.#request(`/api/chat/${encodeURIComponent(chat)}/cancel`, { method: "POST" }).catch(() => {});
  }

  /** Sends an event; answers its id. */
  async send(event) {
    return (await (await this.#request("/api/events", { method: "POST", body: event })).json()).id;
  }

  /** What the user is told, as a stream of events. */
  notifications(lastEvent, signal) {
    const headers = lastEvent === null ? {} : { "Last-Event-ID": lastEvent };
    return this.#request("/api/notifications", { headers, signal });
  }

  async #request(path, { method = "GET", body, headers = {}, signal } = {}) {
    for (;;) {
      const response = await this.#fetch(path, { method, body, headers, signal });
      if (response.ok) return response;
      const error = await problem(response);
      if (response.status !== 401) throw error;
      const token = await this.#askForToken(error.message);
      if (token === null) throw error;
      sessionStorage.setItem(tokenKey, token);
    }
  }

  async #fetch(path, { method, body, headers, signal }) {
    const token = sessionStorage.getItem(tokenKey);
    try {
      return await fetch(path, {
        method,
        headers: {
          ...headers,
          ...(body === undefined ? {} : { "Content-Type": "application/json" }),
          ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
        },
        body: body === undefined ? undefined : JSON.stringify(body),
        signal,
      });
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new ServiceError("The service cannot be reached.");
    }
  }
}

async function problem(response) {
  const error = (await response.json().catch(() => null))?.error;
  const details = (error?.details ?? []).map((detail) => `${detail.field} ${detail.problem}.`);
  const text = [error?.message ?? `The service answered with status ${response.status}.`, ...details];
  return new ServiceError(text.join(" "), response.status);
}

/** A name that nobody else has; crypto.randomUUID is missing where a page came over plain HTTP. */
export function newID() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const digits = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
