import { MarkdownView, showMarkdown } from "/assets/markdown.js";

/** The list of messages. Everything a model or a person wrote becomes text and elements made here, never markup. */
export class MessageList {
  #list;
  #welcome;
  #jump;

  constructor(list, welcome, jump) {
    this.#list = list;
    this.#welcome = welcome;
    this.#jump = jump;
    list.addEventListener("scroll", () => (jump.hidden = this.#isAtEnd), { passive: true });
    jump.addEventListener("click", () => this.#showEnd());
  }

  clear() {
    this.#list.replaceChildren();
    this.#welcome.hidden = false;
    this.#jump.hidden = true;
  }

  addQuestion(text) {
    this.#add("question", "You").body.textContent = text;
    this.#showEnd();
  }

  /** An answer that grows. */
  addAnswer() {
    const { item, body } = this.#add("answer", "Answer");
    this.#showEnd();
    return new Answer(item, body, () => this.#followEnd());
  }

  /** An answer that is whole. */
  addText(text, speaker = "Answer") {
    showMarkdown(this.#add("answer", speaker).body, text);
    this.#followEnd();
  }

  #add(kind, speaker) {
    this.#welcome.hidden = true;
    const item = element("li", kind);
    const name = element("span", "speaker", speaker);
    const body = element("div", "body");
    item.append(name, body);
    this.#list.append(item);
    return { item, body };
  }

  get #isAtEnd() {
    const box = this.#list;
    return box.scrollHeight - box.scrollTop - box.clientHeight < 120;
  }

  #showEnd() {
    this.#list.scrollTop = this.#list.scrollHeight;
    this.#jump.hidden = true;
  }

  // Whoever has scrolled up to read is left there.
  #followEnd() {
    if (this.#jump.hidden) this.#showEnd();
  }
}

/** An answer on its way. */
class Answer {
  #item;
  #body;
  #view;
  #status = element("p", "note");
  #onGrowth;

  constructor(item, body, onGrowth) {
    this.#item = item;
    this.#body = body;
    this.#onGrowth = onGrowth;
    this.#view = new MarkdownView(body, onGrowth);
    this.#status.setAttribute("role", "status");
    this.#status.hidden = true;
    // Screen readers hear the answer once, when it is whole, and not word by word.
    item.setAttribute("aria-busy", "true");
    item.append(this.#status);
  }

  get text() {
    return this.#view.text;
  }

  append(text) {
    this.#view.append(text);
  }

  /** Begins anew, for the text comes from its beginning again. */
  restart() {
    this.#view.finish("");
  }

  finish(text) {
    this.#view.finish(text);
    this.say("");
    this.#item.removeAttribute("aria-busy");
  }

  /** Says something quietly below the text, for as long as it is true. */
  say(text) {
    this.#status.textContent = text;
    this.#status.hidden = text === "";
    this.#onGrowth();
  }

  /** Says below the text that it is not whole, with a button to ask again where `onRetry` is given. */
  breakOff(message, { isError, onRetry }) {
    this.finish();
    const note = element("div", isError ? "note error" : "note");
    if (isError) note.setAttribute("role", "alert");
    note.append(element("span", "", message));
    if (onRetry) {
      const button = element("button", "quiet", "Try again");
      button.type = "button";
      button.addEventListener("click", () => {
        this.#item.remove();
        onRetry();
      });
      note.append(button);
    }
    this.#item.append(note);
    this.#onGrowth();
  }
}

export function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}
