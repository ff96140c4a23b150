import { events, pause } from "/assets/event-stream.js";
import { ServiceError } from "/assets/service.js";

const attempts = 8;
const broken = "The connection broke before the answer was complete.";

/**
 * One answer, over as many connections as it takes.
 *
 * A connection that breaks is replaced, and the new one goes on after the last event that came: nothing is lost, and
 * nothing comes twice. A question is sent once only; whether it arrived is looked up, not guessed.
 */
export class AnswerStream {
  #service;
  #chat;
  #message;
  #signal;
  #generation;
  #lastEvent = null;

  /** Follows a generation where one is named, and asks otherwise. */
  constructor(service, { chat, message, generation = null, signal }) {
    this.#service = service;
    this.#chat = chat;
    this.#message = message;
    this.#generation = generation;
    this.#signal = signal;
  }

  /** What happens: { text } | { restart } | { whole } | { model } | { isConnected }. */
  async *events() {
    let failures = 0;
    let open = this.#generation === null ? () => this.#ask() : () => this.#resume();
    for (;;) {
      try {
        for await (const event of open()) {
          if (failures > 0) yield { isConnected: true };
          failures = 0;
          yield event;
          if (event.whole !== undefined) return;
        }
        throw new ServiceError(broken);
      } catch (error) {
        failures += 1;
        const isLost = error instanceof TypeError || (error instanceof ServiceError && error.status === undefined);
        const mayPass = isLost || (failures > 1 && error.isPassing);
        if (this.#signal.aborted || !mayPass || failures > attempts) throw error instanceof TypeError ? new ServiceError(broken) : error;
        yield { isConnected: false };
        await pause(failures, this.#signal);
        open = () => this.#resume();
      }
    }
  }

  async *#ask() {
    const response = await this.#service.ask(this.#chat, this.#message, this.#signal);
    yield { model: response.headers.get("X-Model") };
    yield* this.#read(response);
  }

  async *#resume() {
    if (this.#generation === null) yield* this.#find();
    if (this.#generation === null) return;
    const response = await this.#service.generation(this.#generation, this.#lastEvent, this.#signal).catch((error) => {
      if (error.status === 404) return null;
      throw error;
    });
    if (response !== null && response.status !== 204) {
      yield* this.#read(response);
      return;
    }
    // The generation is forgotten; the conversation may still know how it ended.
    this.#generation = null;
    yield* this.#find();
  }

  /** Looks up what became of the question. */
  async *#find() {
    let chat;
    try {
      chat = await this.#service.chat(this.#chat, this.#signal);
    } catch (error) {
      throw error.status === 404 ? new ServiceError(broken, 404) : error;
    }
    const [question, answer] = chat.messages.slice(-2);
    if (chat.generation) {
      this.#generation = chat.generation;
      this.#lastEvent = null;
      yield { restart: true };
    } else if (answer?.role === "assistant" && question.content === this.#message) {
      yield { whole: answer.content };
    } else {
      throw new ServiceError(broken, 404);
    }
  }

  async *#read(response) {
    for await (const { id, data } of events(response.body)) {
      const event = JSON.parse(data);
      if (id !== null) this.#lastEvent = id;
      switch (event.type) {
        case "metadata":
          this.#generation = event.generation_id ?? this.#generation;
          break;
        case "chunk":
          yield { text: event.content };
          break;
        case "done":
          yield { whole: event.full_response };
          return;
        case "error":
          throw new ServiceError(event.message, event.code === "stopped" ? 499 : 500);
      }
    }
  }
}
