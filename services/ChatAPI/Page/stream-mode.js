import { AnswerStream } from "/assets/answer.js";
import { newID, ServiceError } from "/assets/service.js";

const pendingKey = "chat.pending";

/** Conversations that are kept by the service and answered as they are written. */
export class StreamMode {
  #service;
  #messages;
  #onChange;
  #onAnswer;
  #onModel;
  #chat = null;
  /** Ends what is going on: a request, and the answer that it brings. */
  #current = null;

  /**
   * `onChange` is called when something begins or ends, `onAnswer` when an answer has ended, and `onModel` with the name
   * of the model that answers.
   */
  constructor(service, messages, { onChange, onAnswer, onModel }) {
    this.#service = service;
    this.#messages = messages;
    this.#onChange = onChange;
    this.#onAnswer = onAnswer;
    this.#onModel = onModel;
  }

  get isBusy() {
    return this.#current !== null;
  }

  /** The id of the conversation; null before its first question. */
  get chat() {
    return this.#chat;
  }

  /** Shows a conversation, or an empty one; the answer that is being made goes on without this page. */
  async open(chat) {
    this.leave();
    this.#chat = chat;
    this.#messages.clear();
    if (chat !== null) await this.#load(chat);
  }

  /** Lets go of what is going on. */
  leave() {
    this.#current?.abort();
    this.#current = null;
    this.#onChange();
  }

  ask(text) {
    this.#chat ??= newID();
    this.#messages.addQuestion(text);
    remember(this.#chat, text);
    return this.#answer(text);
  }

  /** Ends the answer that is being written, here and at the model. */
  stop() {
    if (this.#current === null) return;
    this.#current.abort();
    this.#service.cancel(this.#chat);
  }

  async #load(chat) {
    const current = this.#begin();
    try {
      const { messages, generation } = await this.#service.chat(chat, current.signal);
      if (current.signal.aborted) return;
      for (const { role, content } of messages) {
        if (role === "user") this.#messages.addQuestion(content);
        if (role === "assistant") this.#messages.addText(content);
      }
      this.#end(current);
      const question = pending(chat);
      if (generation && question !== null && messages.at(-1)?.content !== question) this.#messages.addQuestion(question);
      if (generation) await this.#answer(question, generation);
    } catch (error) {
      if (current.signal.aborted) return;
      const isGone = error.status === 404;
      this.#messages.addAnswer().breakOff(isGone ? "There is no such conversation." : words(error), {
        isError: true,
        onRetry: isGone ? undefined : () => this.open(chat),
      });
    } finally {
      this.#end(current);
    }
  }

  async #answer(message, generation = null) {
    const current = this.#begin();
    const chat = this.#chat;
    const answer = this.#messages.addAnswer();
    const onRetry = () => {
      if (this.#current === null && this.#chat === chat && message !== null) this.#answer(message);
    };
    try {
      const stream = new AnswerStream(this.#service, { chat, message, generation, signal: current.signal });
      for await (const event of stream.events()) {
        if (current.signal.aborted) break;
        if (event.text !== undefined) answer.append(event.text);
        else if (event.whole !== undefined) answer.finish(event.whole);
        else if (event.restart) answer.restart();
        else if (event.model !== undefined) this.#onModel(event.model);
        else answer.say(event.isConnected ? "" : "The connection is lost. Reconnecting\u2026");
      }
      if (current.signal.aborted) answer.breakOff("Stopped.", { isError: false, onRetry });
      forget(chat);
    } catch (error) {
      const isStopped = current.signal.aborted || error.status === 499;
      answer.breakOff(isStopped ? "Stopped." : words(error), { isError: !isStopped, onRetry });
      forget(chat);
    } finally {
      this.#end(current);
      this.#onAnswer();
    }
  }

  #begin() {
    this.#current = new AbortController();
    this.#onChange();
    return this.#current;
  }

  #end(current) {
    if (this.#current !== current) return;
    this.#current = null;
    this.#onChange();
  }
}

function words(error) {
  return error instanceof ServiceError ? error.message : "The answer broke off.";
}

// The service keeps a question together with its answer. Until there is one, this tab remembers it for a reload.

function remember(chat, question) {
  sessionStorage.setItem(pendingKey, JSON.stringify({ chat, question }));
}

function pending(chat) {
  const kept = JSON.parse(sessionStorage.getItem(pendingKey) ?? "null");
  return kept?.chat === chat ? kept.question : null;
}

function forget(chat) {
  if (pending(chat) !== null) sessionStorage.removeItem(pendingKey);
}
