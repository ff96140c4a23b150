import { events } from "/assets/event-stream.js";

const tokenKey = "chat.token";

/** Why there is no answer, in words for people. */
export class ChatError extends Error {
  constructor(message, { needsToken = false } = {}) {
    super(message);
    this.needsToken = needsToken;
  }
}

/** One conversation with the service; the service keeps what was said. */
export class Conversation {
  #id = null;

  static useToken(token) {
    sessionStorage.setItem(tokenKey, token);
  }

  /**
   * Sends a message and hands over the answer piece by piece.
   * `onModel` is told once which model answers.
   */
  async *ask(message, { signal, onModel }) {
    const response = await this.#post({ message, stream: true, conversation_id: this.#id ?? undefined }, signal);
    onModel(response.headers.get("X-Model"));
    for await (const event of events(response.body)) {
      if (event.type === "metadata") this.#id = event.conversation_id;
      else if (event.type === "chunk") yield event.content;
      else if (event.type === "error") throw new ChatError(event.message);
      else if (event.type === "done") return;
    }
    throw new ChatError("The connection broke before the answer was complete.");
  }

  async #post(body, signal) {
    const headers = { "Content-Type": "application/json" };
    const token = sessionStorage.getItem(tokenKey);
    if (token) headers.Authorization = `Bearer ${token}`;
    let response;
    try {
      response = await fetch("/api/chat", { method: "POST", headers, body: JSON.stringify(body), signal });
    } catch (error) {
      if (signal.aborted) throw error;
      throw new ChatError("The service cannot be reached.");
    }
    if (response.ok) return response;
    const problem = await response.json().catch(() => null);
    const details = (problem?.error?.details ?? []).map((detail) => `${detail.field} ${detail.problem}.`);
    const text = [problem?.error?.message ?? `The service answered with status ${response.status}.`, ...details];
    throw new ChatError(text.join(" "), { needsToken: response.status === 401 });
  }
}
