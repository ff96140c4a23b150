import { events, pause } from "/assets/event-stream.js";
import { ServiceError } from "/assets/service.js";

// Notices of which this page does not know yet whom they answer.
const earlyLimit = 50;

/** Chats that travel as events: sent to the event API, answered by whoever works there, delivered as a notice. */
export class EventsMode {
  #service;
  #messages;
  #onChange;
  #said = [];
  /** The answers that are waited for, by the id of the event that they answer. */
  #waiting = new Map();
  #early = new Map();
  #sending = 0;
  #watch = null;

  constructor(service, messages, { onChange }) {
    this.#service = service;
    this.#messages = messages;
    this.#onChange = onChange;
  }

  get isBusy() {
    return this.#sending > 0 || this.#waiting.size > 0;
  }

  /** Begins an empty conversation, and watches for what is delivered. */
  open() {
    this.leave();
    this.#messages.clear();
    this.#watch = new AbortController();
    return this.#follow(this.#watch.signal);
  }

  leave() {
    this.#watch?.abort();
    this.#watch = null;
    this.#said = [];
    this.#waiting.clear();
    this.#early.clear();
    this.#onChange();
  }

  async ask(text) {
    this.#said.push({ role: "user", content: text });
    this.#messages.addQuestion(text);
    await this.#send(text);
  }

  /** Waits no longer; an event that is on its way cannot be called back. */
  stop() {
    for (const answer of this.#waiting.values()) {
      answer.breakOff("No longer waiting. The answer is shown when it comes.", { isError: false });
    }
    this.#waiting.clear();
    this.#onChange();
  }

  async #send(text) {
    const watch = this.#watch;
    const answer = this.#messages.addAnswer();
    this.#sending += 1;
    this.#onChange();
    try {
      const id = await this.#service.send({
        source: "chat-page",
        type: "llm.chat",
        metadata: { messages: this.#said },
      });
      if (watch !== this.#watch) return;
      answer.say("Sent. The answer comes as a notice.");
      const early = this.#early.get(id);
      if (early === undefined) this.#waiting.set(id, answer);
      else this.#take(answer, early);
    } catch (error) {
      const message = error instanceof ServiceError ? error.message : "The event could not be sent.";
      answer.breakOff(message, { isError: true, onRetry: () => this.#send(text) });
    } finally {
      this.#sending -= 1;
      this.#onChange();
    }
  }

  /** Watches for notices, over as many connections as it takes. */
  async #follow(signal) {
    let lastEvent = null;
    for (let failures = 0; !signal.aborted; failures += 1) {
      try {
        const response = await this.#service.notifications(lastEvent, signal);
        for await (const { id, data } of events(response.body)) {
          if (signal.aborted) return;
          failures = 0;
          lastEvent = id ?? lastEvent;
          this.#show(JSON.parse(data));
        }
      } catch (error) {
        if (signal.aborted) return;
        if (error.status === 401) return this.#messages.addAnswer().breakOff(error.message, { isError: true });
      }
      await pause(failures, signal);
    }
  }

  #show(notice) {
    if (notice.text === undefined) return;
    const question = notice.event?.correlationID;
    const answer = this.#waiting.get(question);
    if (answer !== undefined) {
      this.#waiting.delete(question);
      this.#take(answer, notice.text);
      this.#onChange();
    } else if (notice.type === "llm.chat.response" && this.#sending > 0) {
      // It may be faster than the answer that names the event.
      if (this.#early.size < earlyLimit) this.#early.set(question, notice.text);
    } else {
      this.#messages.addText(notice.text, notice.type === "llm.chat.response" ? "Answer" : "Notice");
    }
  }

  #take(answer, text) {
    answer.finish(text);
    this.#said.push({ role: "assistant", content: text });
  }
}
