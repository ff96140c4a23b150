/** The list of messages. Everything a model or a person wrote is set as text, never as markup. */
export class MessageList {
  #list;
  #welcome;

  constructor(list, welcome) {
    this.#list = list;
    this.#welcome = welcome;
  }

  clear() {
    this.#list.replaceChildren();
    this.#welcome.hidden = false;
  }

  addQuestion(text) {
    const { body } = this.#add("question", "You");
    body.textContent = text;
  }

  addAnswer() {
    const { item, body } = this.#add("answer", "Answer");
    return new Answer(item, body, () => this.#followEnd());
  }

  #add(kind, speaker) {
    this.#welcome.hidden = true;
    const item = document.createElement("li");
    item.className = kind;
    const name = document.createElement("span");
    name.className = "speaker";
    name.textContent = speaker;
    const body = document.createElement("div");
    body.className = "body";
    item.append(name, body);
    this.#list.append(item);
    item.scrollIntoView({ block: "end" });
    return { item, body };
  }

  // Whoever has scrolled up to read is left there.
  #followEnd() {
    const box = this.#list;
    if (box.scrollHeight - box.scrollTop - box.clientHeight < 120) box.scrollTop = box.scrollHeight;
  }
}

/** An answer that grows. */
class Answer {
  #item;
  #body;
  #onGrowth;

  constructor(item, body, onGrowth) {
    this.#item = item;
    this.#body = body;
    this.#onGrowth = onGrowth;
    // Screen readers hear the answer once, when it is whole, and not word by word.
    item.setAttribute("aria-busy", "true");
  }

  append(text) {
    this.#body.append(document.createTextNode(text));
    this.#onGrowth();
  }

  finish() {
    this.#body.normalize();
    this.#item.removeAttribute("aria-busy");
  }

  /** Says below the text that it is not whole, with a button to ask again where `onRetry` is given. */
  breakOff(message, { isError, onRetry }) {
    this.finish();
    const note = document.createElement("div");
    note.className = isError ? "note error" : "note";
    if (isError) note.setAttribute("role", "alert");
    const text = document.createElement("span");
    text.textContent = message;
    note.append(text);
    if (onRetry) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "quiet";
      button.textContent = "Try again";
      button.addEventListener("click", () => {
        button.remove();
        onRetry();
      });
      note.append(button);
    }
    this.#item.append(note);
    this.#onGrowth();
  }
}
